//! Nodes that are drained, stopped, killed and started.

use ringkeeper_cluster::{Endpoint, NodeErrorKind, NodeId, ProcessState, RepairOrder, RepairState};

use super::ring::{
    KEYSPACE, Lost, MANY, Ring, TABLES, end, lasting, next_order, only, order, ranges, settle, start_and_see,
    until, until_says,
};

pub(super) async fn a_drained_node_is_gone_for_its_peers_and_comes_back_as_another_process(ring: &dyn Ring) {
    let nodes = ring.nodes();
    let (first, node) = (nodes[0].endpoint, &nodes[1]);
    let (cluster, driver, at) = (ring.cluster(), ring.driver(), node.endpoint);
    let before = cluster.membership(at).await.unwrap();
    assert_eq!(driver.state(node).await, Ok(ProcessState::Running));

    let error = ring.losing(at, Lost::Drain).drain(at).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::TimedOut, "{error}");
    let drained = until_says(ring, at, "a drained node", |report| {
        report.operation_mode == "DRAINED"
    })
    .await;
    assert_eq!(drained.process, before.process);
    assert!(!drained.native_transport_running && !drained.gossip_running);
    cluster.drain(at).await.unwrap();
    until_says(ring, first, "a peer that misses it", |peer| {
        peer.unreachable.contains(&at)
    })
    .await;
    until_gossip_says(ring, node.node, "shutdown").await;
    let needed = order(KEYSPACE, &[TABLES[0]], &ranges(ring, KEYSPACE).await);
    let command = cluster.start_repair(first, &needed).await.unwrap().number;
    let state = end(ring, first, command).await;
    assert!(matches!(state, RepairState::Failed(_)), "{state:?}");

    driver.stop(node, &next_order()).await.unwrap();
    assert_eq!(driver.state(node).await, Ok(ProcessState::Stopped));
    let gone = cluster.membership(at).await.unwrap_err();
    assert_eq!(gone.kind, NodeErrorKind::Unreachable, "{gone}");
    driver.stop(node, &next_order()).await.unwrap();
    assert_eq!(
        tokens_of(ring, node.node).await,
        16,
        "a node that is away keeps its tokens"
    );

    driver.start(node, &next_order()).await.unwrap();
    settle(ring).await;
    let after = cluster.membership(at).await.unwrap();
    assert_ne!(after.process, before.process);
    assert_eq!(
        (after.host_id, &after.release_version),
        (before.host_id, &before.release_version)
    );
    until_gossip_says(ring, node.node, "NORMAL").await;
    driver.start(node, &next_order()).await.unwrap();
    let still = cluster.membership(at).await.unwrap();
    assert_eq!(still.process, after.process, "one that runs is left alone");
}

pub(super) async fn a_repair_fails_with_a_node_that_takes_part(ring: &dyn Ring) {
    let nodes = ring.nodes();
    let (first, node, since) = (nodes[0].endpoint, &nodes[1], ring.now());
    let command = start_and_see(ring, first, &what_is_left(ring).await).await;
    ring.kill(node.endpoint).await;
    let state = end(ring, first, command).await;
    assert!(matches!(state, RepairState::Failed(_)), "{state:?}");
    let of_node = ring.cluster().coordinated_repairs(first, since).await.unwrap();
    let repair = &of_node[0];
    assert!(
        repair.failure.is_some() && repair.ended_at.is_some(),
        "{repair:?}"
    );
    assert_eq!(repair.repaired, []);
    until_says(ring, first, "a peer that misses it", |peer| {
        peer.unreachable.contains(&node.endpoint)
    })
    .await;
    assert_eq!(
        gossip_status(ring, node.node).await.as_deref(),
        Some("NORMAL"),
        "it said nothing of its end"
    );
    ring.driver().start(node, &next_order()).await.unwrap();
    settle(ring).await;
}

pub(super) async fn the_end_of_a_repair_whose_coordinator_dies_is_never_told(ring: &dyn Ring) {
    let nodes = ring.nodes();
    let (node, since) = (&nodes[2], ring.now());
    let order = what_is_left(ring).await;
    let taken = ring.cluster().start_repair(node.endpoint, &order).await.unwrap();
    until(ring, "the repair in the cluster's history", async || {
        let history = ring.cluster().repair_history(since).await.unwrap();
        (!history.is_empty()).then_some(())
    })
    .await;
    ring.kill(node.endpoint).await;
    ring.driver().start(node, &next_order()).await.unwrap();
    settle(ring).await;
    let answer = ring
        .cluster()
        .repair_state(node.endpoint, taken.number)
        .await
        .unwrap();
    assert_ne!(answer.process, taken.process);
    assert_eq!(answer.state, RepairState::Unknown);
    let of_node = ring
        .cluster()
        .coordinated_repairs(node.endpoint, since)
        .await
        .unwrap();
    assert_eq!(of_node, [], "its memory went with it");
    let history = ring.cluster().repair_history(since).await.unwrap();
    let repair = only(&history, &order.keyspace);
    assert_eq!(
        (repair.ended_at, &repair.failure, repair.repaired.len()),
        (None, &None, 0)
    );
}

/// [`lasting`], of the tables that were not dropped.
async fn what_is_left(ring: &dyn Ring) -> RepairOrder {
    let mut order = lasting(ring, MANY).await;
    order.tables.truncate(13);
    order
}

/// Waits until a peer has it of a node that its status is so; what it has said itself arrives a moment later.
async fn until_gossip_says(ring: &dyn Ring, node: NodeId, status: &str) {
    until(ring, "the gossip of a node's status", async || {
        (gossip_status(ring, node).await.as_deref() == Some(status)).then_some(())
    })
    .await;
}

async fn gossip_status(ring: &dyn Ring, node: NodeId) -> Option<String> {
    let via: Endpoint = ring.nodes()[0].endpoint;
    let topology = ring.cluster().topology(via).await.unwrap();
    topology.members[&node].gossip_status.clone()
}

async fn tokens_of(ring: &dyn Ring, node: NodeId) -> usize {
    let topology = ring.cluster().topology(ring.nodes()[0].endpoint).await.unwrap();
    topology.members[&node].tokens.len()
}
