//! Facts the observer must get right, against the simulated cluster in virtual time.

mod beats;
mod faults;
mod looks;
mod machines;
mod membership;
mod numbers;
mod placements;
mod schema;
mod strangers;
mod topology;

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, NodeId, NodeView, Snapshot};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_seams::{Seams, Timestamp};
use ringkeeper_sim::SimCluster;
use tokio::time::sleep;

use crate::{Observer, ObserverSettings};

const START: Timestamp = Timestamp::from_millis(1_772_366_400_000);
const BEAT: Duration = Duration::from_secs(15);
const LIMIT: Duration = Duration::from_secs(5);

/// Two data centres of three and two nodes; `shop` on three and one of them.
fn five_nodes() -> SimCluster {
    SimCluster::builder()
        .rack("dc1", "r1", 1)
        .rack("dc1", "r2", 1)
        .rack("dc1", "r3", 1)
        .rack("dc2", "r1", 2)
        .tokens_per_node(4)
        .keyspace("shop", network(&[("dc1", 3), ("dc2", 1)]), &["orders", "carts"])
        .build()
}

fn network(wanted: &[(&str, u32)]) -> Replication {
    let replicas = |(centre, all): &(&str, u32)| {
        (
            (*centre).to_owned(),
            Replicas {
                all: *all,
                transient: 0,
            },
        )
    };
    Replication::NetworkTopology(wanted.iter().map(replicas).collect())
}

fn simple(all: u32) -> Replication {
    Replication::Simple(Replicas { all, transient: 0 })
}

fn observe(cluster: &SimCluster) -> Observer {
    observe_with(cluster, ObserverSettings::new("test"))
}

fn observe_with(cluster: &SimCluster, settings: ObserverSettings) -> Observer {
    Observer::new(Arc::new(cluster.clone()), settings, Seams::simulation(7, START))
}

/// The n-th node, from 1.
fn id(number: u128) -> NodeId {
    NodeId::new(uuid::Uuid::from_u128(number))
}

fn endpoint(cluster: &SimCluster, number: u128) -> Endpoint {
    cluster.node(id(number)).unwrap().endpoint
}

fn node(snapshot: &Arc<Snapshot>, number: u128) -> &NodeView {
    &snapshot.nodes[&id(number)]
}

fn refused(message: &str) -> NodeError {
    NodeError::new(NodeErrorKind::Unsupported, "here", message)
}

async fn next_sweep(observer: &mut Observer) -> Arc<Snapshot> {
    sleep(BEAT).await;
    observer.sweep().await
}

/// Longer than any of the observer's waits for a change of the ring that nobody reports.
async fn sweep_after_five_minutes(observer: &mut Observer) -> Arc<Snapshot> {
    sleep(Duration::from_secs(300)).await;
    observer.sweep().await
}

/// What the warnings are about.
fn warned(snapshot: &Arc<Snapshot>) -> Vec<&str> {
    snapshot
        .warnings
        .iter()
        .map(|warning| warning.about.as_str())
        .collect()
}
