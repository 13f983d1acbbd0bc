use std::sync::Arc;

use ringkeeper_cluster::{Cluster as _, RepairOrder};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_seams::{Timestamp, VirtualClock};

use super::*;
use crate::{Load, SimCluster};

const HOUR: Duration = Duration::from_secs(3_600);

fn load() -> Load {
    Load {
        writes_per_second: 100,
        row_bytes: 1024,
        table_bytes: 32 << 20,
        hints: false,
        grows: false,
        disk_bytes: 1 << 40,
    }
}

fn three_nodes(load: Load) -> SimCluster {
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 1)
        .rack("dc1", "r2", 1)
        .rack("dc1", "r3", 1)
        .clock(Arc::new(VirtualClock::starting_at(Timestamp::default())))
        .keyspace(
            "shop",
            Replication::Simple(Replicas { all: 3, transient: 0 }),
            &["orders"],
        )
        .build();
    cluster.set_load(Some(load));
    cluster
}

/// A repair of the whole table, and how long it takes.
async fn repair(cluster: &SimCluster) -> Duration {
    let leader = cluster.node(cluster.nodes()[0]).unwrap().endpoint;
    let placements = cluster.placements(leader, "shop").await.unwrap();
    let order = RepairOrder {
        keyspace: "shop".to_owned(),
        tables: vec!["orders".to_owned()],
        ranges: placements.into_iter().map(|placement| placement.range).collect(),
        data_centres: Vec::new(),
        parallelism: ringkeeper_cluster::RepairParallelism::Parallel,
        threads: 1,
    };
    cluster.start_repair(leader, &order).await.unwrap();
    let taken = cluster.repairs().pop().unwrap();
    let takes = taken.ends_at.since(taken.started_at);
    tokio::time::sleep(takes).await;
    takes
}

async fn pending(cluster: &SimCluster, node: NodeId) -> f64 {
    let at = cluster.node(node).unwrap().endpoint;
    let samples = cluster.node_metrics(at).await.unwrap();
    let mut pending = samples
        .iter()
        .filter(|sample| sample.metric == "compaction.pending_tasks");
    pending.next().unwrap().value
}

#[tokio::test(start_paused = true)]
async fn what_a_node_missed_takes_its_time_to_stream_and_to_compact() {
    let cluster = three_nodes(load());
    let [_, _, last]: [NodeId; 3] = cluster.nodes().try_into().unwrap();
    let reading = repair(&cluster).await;
    assert_eq!(pending(&cluster, last).await, 2.0);

    cluster.kill(last);
    tokio::time::sleep(HOUR).await;
    cluster.restart(last, HOUR);
    let streaming = repair(&cluster).await - reading;
    // 100 rows a second of 1 KiB: 351 MiB.
    assert_eq!(streaming.as_secs_f64().round(), (351.5625_f64 / 24.0).round());
    // 48 ranges, four files a task.
    assert_eq!(pending(&cluster, last).await, 14.0);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(pending(&cluster, last).await, 2.0);
    assert_eq!(
        repair(&cluster).await,
        reading,
        "once repaired, nothing is lacking"
    );
}

#[tokio::test(start_paused = true)]
async fn rows_that_are_smaller_are_streamed_sooner() {
    let mut took = Vec::new();
    for row_bytes in [1 << 10, 10 << 10] {
        let cluster = three_nodes(Load { row_bytes, ..load() });
        let last = cluster.nodes()[2];
        cluster.kill(last);
        tokio::time::sleep(HOUR).await;
        cluster.restart(last, HOUR);
        took.push(repair(&cluster).await);
    }
    assert!(took[1] > 5 * took[0], "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn disks_fill_by_what_is_written() {
    let cluster = three_nodes(Load {
        grows: true,
        disk_bytes: (32 << 20) + 3_600 * 100 * 1024,
        ..load()
    });
    let first = cluster.nodes()[0];
    tokio::time::sleep(HOUR).await;
    assert!(!cluster.node(first).unwrap().disk_full);
    assert!(
        repair(&cluster).await > Duration::from_secs(10),
        "there is more to read"
    );
    tokio::time::sleep(HOUR).await;
    assert!(cluster.node(first).unwrap().disk_full);
    assert!(!cluster.node(first).unwrap().serves());
}
