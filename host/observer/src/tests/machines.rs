//! The machines below the nodes.

use super::*;
use ringkeeper_cluster::SeriesKey;
use ringkeeper_seams::{Clock as _, TaskGroup, VirtualClock};
use ringkeeper_sim::Answers;

fn with_agents() -> SimCluster {
    let cluster = five_nodes();
    cluster.has_agents(true);
    cluster
}

fn observe_machines(cluster: &SimCluster) -> Observer {
    observe(cluster).with_machines(Arc::new(cluster.clone()))
}

fn latest(observer: &Observer) -> Arc<Snapshot> {
    observer.snapshots().borrow().clone().unwrap()
}

fn runs(snapshot: &Snapshot, number: u128) -> Option<f64> {
    snapshot
        .metrics
        .latest_of("process.running", id(number))
        .map(|point| point.value)
}

#[tokio::test(start_paused = true)]
async fn numbers_of_machines_come_with_those_of_nodes_and_know_their_parts() {
    let cluster = with_agents();
    let mut observer = observe_machines(&cluster);
    observer.sweep().await;
    observer.read_node_metrics().await;
    let snapshot = latest(&observer);
    assert_eq!(runs(&snapshot, 2), Some(1.0));
    let key = SeriesKey {
        part: Some("/var/lib/cassandra".to_owned()),
        ..SeriesKey::of_node(id(2))
    };
    let mut free = snapshot
        .metrics
        .series("machine.filesystem.free_bytes", &key, START);
    assert!(free.next().is_some_and(|point| point.value > 0.0));
}

#[tokio::test(start_paused = true)]
async fn without_agents_nobody_is_asked() {
    let cluster = five_nodes();
    let mut observer = observe_machines(&cluster);
    observer.sweep().await;
    observer.read_node_metrics().await;
    assert_eq!(runs(&latest(&observer), 2), None);
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_hangs_costs_one_limit_and_nobody_elses_numbers() {
    let cluster = with_agents();
    for number in [2, 4] {
        cluster.edit(id(number), |node| {
            node.answers_to.insert("machine", Answers::Never);
        });
    }
    let mut observer = observe_machines(&cluster);
    observer.sweep().await;
    let clock = VirtualClock::starting_at(START);
    let began = clock.now();
    observer.read_node_metrics().await;
    assert_eq!(clock.now().since(began), LIMIT);
    let snapshot = latest(&observer);
    assert_eq!((runs(&snapshot, 2), runs(&snapshot, 3)), (None, Some(1.0)));
    assert!(snapshot.metrics.was_asked(id(2)), "its own numbers were read");
}

#[tokio::test(start_paused = true)]
async fn only_silent_nodes_are_asked_after_a_sweep() {
    let cluster = with_agents();
    cluster.kill(id(2));
    let mut observer = observe_machines(&cluster);
    observer.sweep().await;
    observer.read_silent_machines().await;
    assert_eq!(runs(&latest(&observer), 2), Some(0.0));
    let asked = |number| cluster.calls("machine", endpoint(&cluster, number));
    assert_eq!((asked(2), asked(3)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn that_a_process_has_died_is_known_with_the_sweep_that_misses_it() {
    let cluster = with_agents();
    let observer = observe_machines(&cluster);
    let mut snapshots = observer.snapshots();
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    snapshots
        .wait_for(|snapshot| {
            snapshot
                .as_ref()
                .is_some_and(|snapshot| runs(snapshot, 2) == Some(1.0))
        })
        .await
        .unwrap();
    cluster.kill(id(2));
    let clock = VirtualClock::starting_at(START);
    let killed = clock.now();
    let dead = snapshots.wait_for(|snapshot| {
        snapshot
            .as_ref()
            .is_some_and(|snapshot| runs(snapshot, 2) == Some(0.0))
    });
    let dead = tokio::time::timeout(BEAT * 3, dead).await;
    assert!(dead.is_ok_and(|found| found.is_ok()));
    let took = clock.now().since(killed);
    assert!(took <= BEAT, "{took:?}");
    tasks.abort().await;
}

#[tokio::test(start_paused = true)]
async fn a_dead_agent_of_a_dead_node_delays_no_sweep() {
    let cluster = with_agents();
    cluster.edit(id(2), |node| {
        node.running = false;
        node.answers_to.insert("machine", Answers::Never);
    });
    let observer = observe_machines(&cluster);
    let mut snapshots = observer.snapshots();
    let mut tasks = TaskGroup::new();
    tasks.spawn(observer.run());
    for sweep in 1..=4_u64 {
        let swept = snapshots
            .wait_for(|snapshot| snapshot.as_ref().is_some_and(|snapshot| snapshot.sweep == sweep))
            .await
            .unwrap()
            .clone()
            .unwrap();
        assert_eq!(
            swept.observed_at.since(START),
            BEAT * (u32::try_from(sweep).unwrap() - 1)
        );
    }
    tasks.abort().await;
}
