//! The host is killed at every fault point of a rolling restart: it ends all the same, and leaves no node down.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_conductor::{FaultPoint, NoFaults};
use ringkeeper_suite::SimHost;

use super::super::repair_runs::StopAt;
use super::support::{all_serve, end, open, stops};

/// Kills the host the n-th time that an effect passes a point, and leaves it dead for a while.
async fn kill_at(point: FaultPoint, nth: u32, dead_for: u64) {
    let mut host = SimHost::restarting(|cluster| cluster).await;
    let stop = Arc::new(StopAt::new(point, nth));
    host.kill_and_restart(stop.clone()).await;
    let run = open(&host).await;
    tokio::time::timeout(Duration::from_secs(900), stop.stopped())
        .await
        .unwrap_or_else(|_| panic!("{point:?} is not passed {nth} times"));
    host.pass(dead_for).await;
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(1).await;
    let detail = end(&host, &run, 3_600).await;
    let place = format!("{point:?} {nth} {dead_for}");
    assert_eq!(detail.run.state, "Succeeded", "{place}: {detail:#?}");
    assert!(all_serve(&host), "{place}");
    assert_eq!(host.cluster.most_down_at_once(), 1, "{place}");
    for (node, stops) in stops(&host) {
        // One that was killed before its call was made makes it later; one after it sees what it did.
        assert_eq!(stops, 1, "{place}: {node} was stopped {stops} times");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kill_at_any_point_leaves_no_node_down_and_stops_none_twice() {
    for point in [
        FaultPoint::BeforeCall,
        FaultPoint::AfterCall,
        FaultPoint::BeforeEnd,
        FaultPoint::AfterEnd,
    ] {
        for nth in 1..=3 {
            for dead_for in [0, 400] {
                kill_at(point, nth, dead_for).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_killed_again_and_again_leaves_no_node_down() {
    for seed in 0..8 {
        let mut host = SimHost::restarting(|cluster| cluster).await;
        let run = open(&host).await;
        let mut draw = ringkeeper_seams::Entropy::from_seed(seed).stream("kills");
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(draw.next_u64() % 30_000)).await;
            host.stop().await;
            tokio::time::sleep(Duration::from_millis(draw.next_u64() % 30_000)).await;
            host.kill_and_restart(Arc::new(NoFaults)).await;
        }
        let detail = end(&host, &run, 3_600).await;
        assert_eq!(detail.run.state, "Succeeded", "seed {seed}: {detail:#?}");
        assert!(all_serve(&host), "seed {seed}");
        assert_eq!(host.cluster.most_down_at_once(), 1, "seed {seed}");
    }
}
