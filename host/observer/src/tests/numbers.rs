//! The tiers of numbers.

use super::*;
use ringkeeper_cluster::{Sample, SeriesKey, TableName};
use ringkeeper_sim::Answers;

fn heap(value: f64) -> Sample {
    Sample::of_node("heap.used_bytes", value)
}

fn table(name: &str) -> TableName {
    TableName {
        keyspace: "shop".to_owned(),
        table: name.to_owned(),
    }
}

fn sstables(name: &str, value: f64) -> Sample {
    Sample {
        metric: "table.sstables".to_owned(),
        table: Some(table(name)),
        part: None,
        value,
    }
}

#[tokio::test(start_paused = true)]
async fn numbers_stand_in_the_snapshot_with_their_time() {
    let cluster = five_nodes();
    cluster.edit(id(2), |node| node.node_metrics = vec![heap(5.0)]);
    let mut observer = observe(&cluster);
    let swept = observer.sweep().await;
    sleep(BEAT).await;
    observer.read_node_metrics().await;
    let snapshot = observer.snapshots().borrow().clone().unwrap();
    let point = snapshot.metrics.latest_of("heap.used_bytes", id(2)).unwrap();
    assert_eq!((point.value, point.at), (5.0, START.after(BEAT)));
    assert_eq!(
        (snapshot.sweep, snapshot.observed_at),
        (swept.sweep, swept.observed_at),
        "membership is as old as it was"
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_does_not_answer_is_not_asked_for_numbers() {
    let cluster = five_nodes();
    cluster.edit(id(2), |node| node.answers = Answers::Never);
    let mut observer = observe(&cluster);
    observer.sweep().await;
    observer.read_node_metrics().await;
    assert_eq!(cluster.calls("node_metrics", endpoint(&cluster, 2)), 0);
    assert_eq!(cluster.calls("node_metrics", endpoint(&cluster, 3)), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_process_said_is_not_about_the_next_one() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    observer.read_node_metrics().await;
    let was_asked = |observer: &Observer| {
        let snapshot = observer.snapshots().borrow().clone().unwrap();
        [2, 3, 4].map(|number| snapshot.metrics.was_asked(id(number)))
    };
    assert_eq!(was_asked(&observer), [true; 3]);

    cluster.kill(id(2));
    cluster.restart(id(3), Duration::from_secs(60));
    observer.sweep().await;
    assert_eq!(was_asked(&observer), [false, false, true]);

    cluster.restart(id(2), Duration::from_secs(60));
    observer.sweep().await;
    assert_eq!(
        was_asked(&observer),
        [false, false, true],
        "it answers, and was not asked"
    );
    observer.read_node_metrics().await;
    assert_eq!(was_asked(&observer), [true; 3]);
}

#[tokio::test(start_paused = true)]
async fn numbers_of_a_dropped_table_are_forgotten() {
    let cluster = five_nodes();
    cluster.edit(id(2), |node| {
        node.table_metrics = vec![sstables("orders", 3.0), sstables("carts", 4.0)]
    });
    let mut observer = observe(&cluster);
    observer.sweep().await;
    observer.read_table_metrics().await;
    cluster.edit_schema(|schema| {
        schema.keyspaces.get_mut("shop").unwrap().tables.remove("orders");
    });
    let snapshot = next_sweep(&mut observer).await;
    let series: Vec<&SeriesKey> = snapshot
        .metrics
        .latest("table.sstables")
        .map(|(key, _)| key)
        .collect();
    assert_eq!(
        series,
        [&SeriesKey {
            node: id(2),
            table: Some(table("carts")),
            part: None,
        }]
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hangs_over_its_numbers_delays_nobody_elses() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.edit(id(2), |node| node.answers = Answers::Never);
    cluster.edit(id(3), |node| node.node_metrics = vec![heap(9.0)]);
    observer.read_node_metrics().await;
    let snapshot = observer.snapshots().borrow().clone().unwrap();
    assert_eq!(
        snapshot.metrics.latest_of("heap.used_bytes", id(3)).unwrap().at,
        START
    );
}
