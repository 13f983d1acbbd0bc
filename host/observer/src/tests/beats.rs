//! The beats of the running observer.

use super::*;
use ringkeeper_seams::TaskGroup;
use ringkeeper_sim::Answers;

/// When the sweeps of the next `sweeps` ended, in seconds from the start.
async fn sweep_ends(observer: Observer, sweeps: u64) -> Vec<u64> {
    let mut snapshots = observer.snapshots();
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    let mut ends = Vec::new();
    for sweep in 1..=sweeps {
        let is_it = |snapshot: &Option<Arc<Snapshot>>| {
            snapshot.as_ref().is_some_and(|snapshot| snapshot.sweep == sweep)
        };
        let waiting = tokio::time::timeout(BEAT * 3, snapshots.wait_for(is_it)).await;
        let snapshot = waiting.expect("a sweep").unwrap().clone().unwrap();
        ends.push(snapshot.observed_at.since(START).as_secs());
    }
    tasks.abort().await;
    ends
}

#[tokio::test(start_paused = true)]
async fn membership_keeps_its_beat() {
    assert_eq!(sweep_ends(observe(&five_nodes()), 5).await, [0, 15, 30, 45, 60]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_sweep_does_not_shift_the_beat() {
    let cluster = five_nodes();
    cluster.edit(id(2), |node| node.answers = Answers::Never);
    assert_eq!(sweep_ends(observe(&cluster), 4).await[1..], [20, 35, 50]);
}

#[tokio::test(start_paused = true)]
async fn numbers_that_take_minutes_delay_no_sweep() {
    let cluster = five_nodes();
    for node in cluster.nodes() {
        cluster.edit(node, |node| {
            node.answers_to.insert("table_metrics", Answers::Never);
        });
    }
    // Limits of a minute, so that one round of numbers takes four sweeps.
    let settings = ObserverSettings {
        node_limit: BEAT * 4,
        ..ObserverSettings::new("test")
    };
    assert_eq!(
        sweep_ends(observe_with(&cluster, settings), 5).await,
        [0, 15, 30, 45, 60]
    );
}

#[tokio::test(start_paused = true)]
async fn a_schema_that_never_comes_delays_no_sweep_but_the_first_by_a_moment() {
    let cluster = five_nodes();
    cluster.set_schema_answers(Answers::Never);
    assert_eq!(sweep_ends(observe(&cluster), 5).await, [1, 15, 30, 45, 60]);
}

#[tokio::test(start_paused = true)]
async fn each_tier_has_its_own_beat() {
    let cluster = five_nodes();
    sweep_ends(observe(&cluster), 40).await;
    let at = endpoint(&cluster, 3);
    let calls = |function| cluster.calls(function, at);
    assert_eq!(
        (calls("membership"), calls("node_metrics"), calls("table_metrics")),
        (40, 10, 2)
    );
}
