//! Looks made for a purpose.

use super::*;
use ringkeeper_seams::TaskGroup;
use ringkeeper_sim::Answers;

#[tokio::test(start_paused = true)]
async fn a_look_begins_after_it_was_asked_for() {
    let cluster = five_nodes();
    let observer = observe(&cluster);
    let (looker, mut snapshots) = (observer.looker(), observer.snapshots());
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    snapshots.wait_for(Option::is_some).await.unwrap();
    sleep(Duration::from_secs(7)).await;
    cluster.edit(id(2), |node| node.mode = "DRAINED".to_owned());

    let look = looker.look().await.unwrap();
    assert_eq!(look.observed_at.since(START).as_secs(), 7);
    let seen = node(&look, 2);
    assert_eq!(seen.operation_mode.as_deref(), Some("DRAINED"));
    assert_eq!(seen.last_answered_at.map(|at| at.since(START).as_secs()), Some(7));
    tasks.abort().await;
}

#[tokio::test(start_paused = true)]
async fn who_asks_at_once_shares_a_look() {
    let observer = observe(&five_nodes());
    let (looker, mut snapshots) = (observer.looker(), observer.snapshots());
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    snapshots.wait_for(Option::is_some).await.unwrap();
    let (one, other, third) = futures::join!(looker.look(), looker.look(), looker.look());
    let sweeps = [one, other, third].map(|look| look.unwrap().sweep);
    assert_eq!(sweeps, [2, 2, 2]);
    tasks.abort().await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hangs_costs_a_look_three_seconds_and_nobody_else_anything() {
    let cluster = five_nodes();
    let observer = observe(&cluster);
    let (looker, mut snapshots) = (observer.looker(), observer.snapshots());
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    snapshots.wait_for(Option::is_some).await.unwrap();
    cluster.edit(id(2), |node| node.answers = Answers::Never);
    sleep(Duration::from_secs(2)).await;

    let look = looker.look().await.unwrap();
    assert_eq!(look.observed_at.since(START).as_secs(), 5);
    assert_eq!(
        node(&look, 1)
            .last_answered_at
            .map(|at| at.since(START).as_secs()),
        Some(2)
    );
    tasks.abort().await;
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_has_ended_looks_no_more() {
    let observer = observe(&five_nodes());
    let looker = observer.looker();
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    assert!(looker.look().await.is_some());
    tasks.abort().await;
    assert!(looker.look().await.is_none());
}
