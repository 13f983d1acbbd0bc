//! The host is killed at every fault point, and nothing is lost or done twice.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_conductor::{FaultPoint, NoFaults};
use ringkeeper_suite::SimHost;

use super::support::{StopAt, end, no_node_repairs_twice_at_one_time, open, overlaps, times_repaired};

/// Kills the host at a point, leaves it dead for a while, and answers how often the ranges were repaired, how many calls
/// were in doubt, and how many were repeated.
async fn kill_at(point: FaultPoint, dead_for: u64, release: &'static str) -> (Vec<u32>, u64, u64) {
    let mut host = SimHost::repairing(|cluster| cluster).await;
    for node in host.cluster.nodes() {
        host.cluster
            .edit(node, |node| node.release_version = release.to_owned());
    }
    host.cluster.repairs_take(Duration::from_secs(30));
    let stop = Arc::new(StopAt::new(point, 1));
    host.kill_and_restart(stop.clone()).await;
    let run = open(&host).await;
    tokio::time::timeout(Duration::from_secs(300), stop.stopped())
        .await
        .unwrap();
    host.pass(dead_for).await;
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(1).await;
    let detail = end(&host, &run, 1_800).await;
    assert_eq!(detail.run.state, "Succeeded", "{point:?}: {detail:#?}");
    let repairs = host.cluster.repairs();
    assert!(overlaps(&repairs).is_empty(), "{point:?}: {repairs:#?}");
    let times = times_repaired(&repairs, "lines");
    assert_eq!(times.len(), 48, "{point:?}");
    (times.into_values().collect(), detail.in_doubt, detail.repeated)
}

#[tokio::test(start_paused = true)]
async fn a_kill_at_any_point_repairs_everything_once() {
    for point in FaultPoint::ALL {
        for dead_for in [0, 5, 60, 400] {
            for release in ["4.0.18", "5.0.5"] {
                let (times, in_doubt, repeated) = kill_at(point, dead_for, release).await;
                assert!(
                    times.iter().all(|times| *times == 1),
                    "{point:?} {dead_for} {release}: {times:?}"
                );
                let doubtful = matches!(point, FaultPoint::BeforeCall | FaultPoint::AfterCall);
                assert_eq!(in_doubt, u64::from(doubtful), "{point:?} {dead_for} {release}");
                // Only a call that never arrived is made again, and that is shown.
                assert_eq!(
                    repeated > 0,
                    point == FaultPoint::BeforeCall,
                    "{point:?} {dead_for} {release}"
                );
            }
        }
    }
}

/// Kills the host again and again while a run of many steps goes on.
async fn kill_again_and_again(seed: u64) {
    let mut host =
        SimHost::repairing(|cluster| cluster.rack("dc1", "rack1", 2).rack("dc1", "rack2", 2)).await;
    host.cluster.repairs_take(Duration::from_secs(20));
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
    let repairs = host.cluster.repairs();
    assert!(overlaps(&repairs).is_empty(), "seed {seed}: {repairs:#?}");
    assert!(
        no_node_repairs_twice_at_one_time(&repairs),
        "seed {seed}: {repairs:#?}"
    );
    let times = times_repaired(&repairs, "lines");
    assert!(
        detail.repeated > 0 || times.values().all(|times| *times == 1),
        "seed {seed}: a range was repaired twice, and nothing says so"
    );
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_killed_again_and_again_ends_its_run_all_the_same() {
    for seed in 0..8 {
        kill_again_and_again(seed).await;
    }
}
