//! The host is killed at every fault point of a tool: it is begun once at most, and no node stays down.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_conductor::{FaultPoint, NoFaults};
use ringkeeper_suite::SimHost;
use serde_json::Value;

use super::super::repair_runs::StopAt;
use super::support::{all_serve, end, flush, open, scrub, status};

/// Kills the host the n-th time that an effect passes a point, and leaves it dead for a while. How the run ended, and how
/// many tools were begun.
async fn kill_at(parameters: &Value, point: FaultPoint, nth: u32, dead_for: u64) -> (String, usize) {
    let mut host = SimHost::with_tools(|cluster| cluster).await;
    let stop = Arc::new(StopAt::new(point, nth));
    host.kill_and_restart(stop.clone()).await;
    let run = open(&host, parameters).await;
    tokio::time::timeout(Duration::from_secs(900), stop.stopped())
        .await
        .unwrap_or_else(|_| panic!("{point:?} is not passed {nth} times"));
    host.pass(dead_for).await;
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(1).await;
    let detail = end(&host, &run).await;
    let place = format!("{parameters} {point:?} {nth} {dead_for}");
    assert!(all_serve(&host), "{place}: {detail:#?}");
    assert!(host.cluster.most_down_at_once() <= 1, "{place}");
    (detail.run.state, host.cluster.tools().len())
}

const POINTS: [FaultPoint; 4] = [
    FaultPoint::BeforeCall,
    FaultPoint::AfterCall,
    FaultPoint::BeforeEnd,
    FaultPoint::AfterEnd,
];

#[tokio::test(start_paused = true)]
async fn a_tool_that_looks_is_begun_once_wherever_the_host_is_killed() {
    for point in POINTS {
        for dead_for in [0, 400] {
            let came = kill_at(&status(), point, 1, dead_for).await;
            assert_eq!(came, ("Succeeded".to_owned(), 1), "{point:?} {dead_for}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_tool_that_changes_something_is_begun_once_at_most() {
    for point in POINTS {
        for dead_for in [0, 400] {
            let came = kill_at(&flush(), point, 1, dead_for).await;
            // Killed right before the call, the host cannot know that it was not made.
            let expected = match point {
                FaultPoint::BeforeCall => ("Failed".to_owned(), 0),
                _ => ("Succeeded".to_owned(), 1),
            };
            assert_eq!(came, expected, "{point:?} {dead_for}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_kill_at_any_point_of_a_tool_on_a_stopped_node_leaves_no_node_down() {
    for point in [FaultPoint::BeforeCall, FaultPoint::AfterCall] {
        // The drain, the stop, the tool, the start.
        for nth in 1..=4 {
            let (state, begun) = kill_at(&scrub(), point, nth, 0).await;
            let is_tool = nth == 3 && point == FaultPoint::BeforeCall;
            let expected = if is_tool { ("Failed", 0) } else { ("Succeeded", 1) };
            assert_eq!((state.as_str(), begun), expected, "{point:?} {nth}");
        }
    }
    for point in [FaultPoint::BeforeEnd, FaultPoint::AfterEnd] {
        for nth in 1..=3 {
            let came = kill_at(&scrub(), point, nth, 400).await;
            assert_eq!(came, ("Succeeded".to_owned(), 1), "{point:?} {nth}");
        }
    }
}
