//! The machines below the nodes, from the agents through observer and plugin to the findings, on a cluster in memory and a
//! paused clock.

use std::time::Duration;

use ringkeeper_sim::Load;
use ringkeeper_suite::SimHost;

const GIB: u64 = 1 << 30;

/// Tables that grow by 2 GiB an hour on each node, on disks with room for 10 GiB.
fn growing() -> Load {
    Load {
        writes_per_second: 600,
        row_bytes: 1_000,
        table_bytes: GIB / 2,
        hints: false,
        grows: true,
        disk_bytes: 10 * GIB,
    }
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_fills_is_told_hours_before_it_is_full() {
    let host = SimHost::watching_machines(|builder| builder).await;
    host.cluster.set_load(Some(growing()));
    let is_full = || {
        host.cluster
            .nodes()
            .iter()
            .any(|node| host.cluster.node(*node).unwrap().disk_full)
    };
    let mut told_at = None;
    let mut minutes = 0;
    while !is_full() {
        host.pass(60).await;
        minutes += 1;
        assert!(minutes < 24 * 60, "the disk never filled");
        let told = host.open_keys().iter().any(|key| key.starts_with("disk/"));
        if told && told_at.is_none() {
            told_at = Some(minutes);
        }
    }
    let told_at = told_at.expect("a finding before the disk was full");
    assert!(
        minutes - told_at >= 60,
        "told at {told_at} min, full at {minutes} min"
    );
    assert!(told_at >= 30, "half an hour must be known: {told_at} min");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_is_one_finding_within_two_sweeps_and_clears_when_it_is_back() {
    let host = SimHost::watching_machines(|builder| builder).await;
    host.cluster.conviction_takes(Duration::from_secs(60));
    host.pass(60).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
    let second = host.node(1);
    host.cluster.kill(second);
    host.pass(30).await;
    let dead = [format!("node-process-dead/{second}")];
    assert_eq!(host.open_keys(), dead, "its peers do not miss it yet");
    host.pass(60).await;
    assert_eq!(host.open_keys(), dead, "and when they do it is the same finding");
    host.cluster.restart(second, Duration::from_secs(60));
    host.pass(31).await;
    assert_eq!(host.open_keys(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_process_that_hangs_is_not_taken_for_a_dead_one() {
    let host = SimHost::watching_machines(|builder| builder).await;
    host.pass(60).await;
    let second = host.node(1);
    host.cluster.edit(second, |node| node.hung = true);
    host.cluster
        .edit(second, |node| node.answers = ringkeeper_sim::Answers::Never);
    host.pass(60).await;
    assert_eq!(host.open_keys(), [format!("node-down/{second}")]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_and_a_slow_disk_are_told() {
    let host = SimHost::watching_machines(|builder| builder).await;
    host.pass(120).await;
    let (first, second) = (host.node(0), host.node(1));
    host.cluster.edit(first, |node| node.clock_ahead_ms = 700);
    host.cluster.edit(second, |node| node.disk_slow = true);
    host.pass(15 * 60).await;
    assert_eq!(
        host.open_keys(),
        [format!("clock/{first}"), format!("iowait/{second}")]
    );
}
