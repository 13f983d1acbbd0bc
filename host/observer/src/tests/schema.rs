//! When the schema is read, and which level each keyspace must keep.

use super::*;
use ringkeeper_cluster::ConsistencyLevel;
use ringkeeper_sim::Answers;

#[tokio::test(start_paused = true)]
async fn a_new_keyspace_is_seen_at_the_next_sweep() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    let before = observer.sweep().await;
    assert_eq!(before.schema_observed_at, Some(START));
    cluster.edit_schema(|schema| {
        let mut copy = schema.keyspaces["shop"].clone();
        copy.name = "audit".to_owned();
        schema.keyspaces.insert("audit".to_owned(), copy);
    });
    let after = next_sweep(&mut observer).await;
    assert!(after.keyspaces.contains_key("audit"));
    assert_eq!(after.schema_observed_at, Some(START.after(BEAT)));
    assert_ne!(node(&after, 1).schema_version, node(&before, 1).schema_version);
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_schema_is_read_once_a_minute() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    let mut read_at = Vec::new();
    for _ in 0..8 {
        read_at.push(
            next_sweep(&mut observer)
                .await
                .schema_observed_at
                .unwrap()
                .since(START)
                .as_secs(),
        );
    }
    assert_eq!(read_at, [0, 0, 0, 60, 60, 60, 60, 120]);
}

#[tokio::test(start_paused = true)]
async fn a_schema_that_cannot_be_read_is_kept_with_a_warning() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.set_schema_answers(Answers::Never);
    for _ in 0..4 {
        next_sweep(&mut observer).await;
    }
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(warned(&snapshot), ["schema"]);
    assert!(snapshot.keyspaces.contains_key("shop"));
    assert_eq!(snapshot.schema_observed_at, Some(START));
    cluster.set_schema_answers(Answers::Now);
    next_sweep(&mut observer).await;
    assert_eq!(warned(&next_sweep(&mut observer).await), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_schema_may_take_longer_than_a_node_and_is_taken_at_the_sweep_after() {
    let cluster = five_nodes();
    cluster.set_schema_answers(Answers::After(LIMIT + Duration::from_secs(3)));
    let mut observer = observe(&cluster);
    let first = observer.sweep().await;
    assert_eq!(
        (first.observed_at, first.keyspaces.len()),
        (START.after(Duration::from_secs(1)), 0)
    );
    let second = next_sweep(&mut observer).await;
    assert!(second.keyspaces.contains_key("shop"));
    assert_eq!(
        second.schema_observed_at,
        Some(START.after(Duration::from_secs(8)))
    );
    assert_eq!(warned(&second), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn every_keyspace_has_the_level_that_policy_gives_it() {
    let cluster = five_nodes();
    let mut settings = ObserverSettings::new("test");
    settings
        .consistency
        .keyspaces
        .insert("shop".to_owned(), Some(ConsistencyLevel::EachQuorum));
    let snapshot = observe_with(&cluster, settings).sweep().await;
    let levels: Vec<_> = snapshot
        .keyspaces
        .iter()
        .map(|(name, view)| (name.as_str(), view.consistency_level))
        .collect();
    assert_eq!(
        levels,
        [
            ("shop", Some(ConsistencyLevel::EachQuorum)),
            ("system", None),
            ("system_auth", Some(ConsistencyLevel::LocalQuorum)),
            ("system_distributed", None),
            ("system_schema", None),
            ("system_traces", None),
        ]
    );
    assert!(!snapshot.keyspaces["shop"].is_system && snapshot.keyspaces["system_auth"].is_system);
}

#[tokio::test(start_paused = true)]
async fn a_disagreement_is_dated_from_the_sweep_that_first_saw_it_until_one_sees_none() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    assert_eq!(observer.sweep().await.schema_disagrees_since, None);
    let old = cluster.node(id(4)).unwrap().schema_version;
    let mut since = Vec::new();
    for step in 1..=5 {
        match step {
            1 => cluster.edit(id(4), |node| node.schema_version = "another".to_owned()),
            2 => cluster.edit(id(5), |node| node.schema_version = "a third".to_owned()),
            3 => cluster.edit(id(4), |node| node.schema_version.clone_from(&old)),
            4 => cluster.edit(id(5), |node| node.schema_version.clone_from(&old)),
            _ => cluster.edit(id(4), |node| node.schema_version = "another".to_owned()),
        }
        let snapshot = next_sweep(&mut observer).await;
        since.push(
            snapshot
                .schema_disagrees_since
                .map(|moment| moment.since(START).as_secs()),
        );
    }
    assert_eq!(since, [Some(15), Some(15), Some(15), None, Some(75)]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_node_disagrees_with_nobody() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    cluster.edit(id(4), |node| node.schema_version = "another".to_owned());
    assert_eq!(observer.sweep().await.schema_disagrees_since, Some(START));
    cluster.edit(id(4), |node| node.answers = Answers::Never);
    assert_eq!(next_sweep(&mut observer).await.schema_disagrees_since, None);
}
