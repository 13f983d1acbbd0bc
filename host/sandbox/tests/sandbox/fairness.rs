//! Plugins that compute as much as they may do not hold up the daemon.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_sandbox::{CallError, LimitExceeded, Limits};
use ringkeeper_seams::{Clock as _, Seams, SystemClock, TaskGroup};
use ringkeeper_sim::SimCluster;
use serde_json::json;
use tokio::sync::oneshot;

use crate::support::{context, hostile, request, roomy};

const SWEEPS: usize = 20;

/// Sweeps a cluster of sixty nodes, a timer between one sweep and the next, and answers how long each took.
async fn sweep_latencies() -> Vec<Duration> {
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 20)
        .rack("dc1", "r2", 20)
        .rack("dc1", "r3", 20)
        .build();
    let mut observer = Observer::new(
        Arc::new(cluster),
        ObserverSettings::new("test"),
        Seams::production().unwrap(),
    );
    observer.sweep().await;
    let mut latencies = Vec::new();
    let mut beats = tokio::time::interval(Duration::from_millis(5));
    for _ in 0..SWEEPS {
        let begin = SystemClock.monotonic();
        beats.tick().await;
        observer.sweep().await;
        latencies.push(SystemClock.monotonic() - begin);
    }
    latencies.sort();
    latencies
}

#[tokio::test]
async fn sweeps_end_while_eight_plugins_spin() {
    let quiet = sweep_latencies().await;
    let plugin = hostile(Limits {
        cpu: Duration::from_secs(2),
        ..roomy()
    })
    .await;
    let (spun, mut first_end) = oneshot::channel();
    let mut spinners = TaskGroup::new();
    spinners.spawn(async move {
        let request = request("hostile.misbehave", json!({ "behaviour": "spin" }));
        let reports = join_all((0..8).map(|_| plugin.plan(context(), &request))).await;
        let errors: Vec<_> = reports
            .into_iter()
            .map(|report| report.result.unwrap_err())
            .collect();
        spun.send(errors).unwrap();
    });
    let busy = sweep_latencies().await;
    assert!(
        first_end.try_recv().is_err(),
        "the sweeps ended before the plugins did"
    );
    println!(
        "median sweep {:?} alone, {:?} beside eight spinning plugins",
        quiet[SWEEPS / 2],
        busy[SWEEPS / 2]
    );
    println!(
        "longest sweep {:?} alone, {:?} beside them",
        quiet[SWEEPS - 1],
        busy[SWEEPS - 1]
    );
    for error in first_end.await.unwrap() {
        assert!(
            matches!(
                error,
                CallError::Limit {
                    exceeded: LimitExceeded::CpuTime { .. },
                    ..
                }
            ),
            "{error}"
        );
    }
    spinners.finish().await;
}
