//! Probe, membership, topology and schema.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{AgentThreads, Cluster as _, Endpoint, NodeErrorKind, NodeId, TopologyMember};
use ringkeeper_lab::wait_until;
use ringkeeper_ring::{Replicas, Replication};

use super::support::{DEADLINE, Live, endpoint};

pub(super) async fn the_probe_says_what_the_agent_is(live: &Live) {
    for node in live.nodes() {
        let probe = live.cluster.probe(endpoint(node)).await.unwrap();
        assert_eq!(probe.agent, "Jolokia 2.2.9");
        assert_eq!(probe.threads, AgentThreads::Several);
        assert_eq!(probe.release_version, live.lab.settings().version.as_str());
        for signature in [
            "drain()",
            "repairAsync(java.lang.String,java.util.Map)",
            "getParentRepairStatus(int)",
            "takeSnapshot(java.lang.String,java.util.Map,[Ljava.lang.String;)",
        ] {
            assert!(
                probe.operations.contains(signature),
                "{signature} in {:?}",
                probe.operations
            );
        }
    }
}

pub(super) async fn a_single_thread_is_told(live: &Live) {
    let probe = live.cluster.probe(live.first()).await.unwrap();
    assert_eq!(probe.threads, AgentThreads::Single);
}

pub(super) async fn every_node_names_itself_and_all_others(live: &Live) {
    let everyone: BTreeSet<Endpoint> = live.nodes().iter().map(endpoint).collect();
    let mut ids = BTreeSet::new();
    for node in live.nodes() {
        let report = live.cluster.membership(endpoint(node)).await.unwrap();
        let pid = node.pid().unwrap().to_string();
        assert_eq!(report.process.name.split('@').next(), Some(pid.as_str()));
        assert_eq!(report.live, everyone);
        assert_eq!(report.operation_mode, "NORMAL");
        assert_eq!(report.partitioner, "Murmur3Partitioner");
        assert_eq!(report.release_version, live.lab.settings().version.as_str());
        assert!(report.gossip_running && report.native_transport_running);
        assert!(report.load_bytes > Some(0));
        let gone = [
            &report.unreachable,
            &report.joining,
            &report.leaving,
            &report.moving,
        ];
        assert!(gone.iter().all(|nodes| nodes.is_empty()), "{report:?}");
        ids.insert(report.host_id);
    }
    assert_eq!(ids.len(), live.nodes().len());
}

pub(super) async fn every_node_tells_the_same_ring(live: &Live) {
    let ids = live.host_ids().await;
    let first = ring(live, live.first()).await;
    for node in live.nodes() {
        let (id, at) = (ids[&endpoint(node)], endpoint(node));
        let member = &first[&id];
        assert_eq!(
            (member.endpoint, member.data_centre.as_str(), member.rack.as_str()),
            (at, node.data_centre(), node.rack())
        );
        assert_eq!(
            member.release_version.as_deref(),
            Some(live.lab.settings().version.as_str())
        );
        assert_eq!(member.gossip_status.as_deref(), Some("NORMAL"));
        assert_eq!(member.tokens.len(), live.lab.settings().num_tokens as usize);
        assert!(member.tokens.is_sorted());
        assert_eq!(ring(live, at).await, first, "as {at} tells it");
    }
}

async fn ring(live: &Live, via: Endpoint) -> BTreeMap<NodeId, TopologyMember> {
    live.cluster.topology(via).await.unwrap().members
}

pub(super) async fn the_schema_is_read_whole(live: &Live) {
    let session = live.session().await;
    for statement in [
        "CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2} AND durable_writes = false",
        "CREATE TABLE shop.orders (id int PRIMARY KEY, what text)
         WITH gc_grace_seconds = 3600 AND compaction = {'class': 'LeveledCompactionStrategy'}",
        "CREATE TABLE shop.\"Carts\" (id int PRIMARY KEY)",
    ] {
        session.query_unpaged(statement, ()).await.unwrap();
    }
    let schema = live.cluster.schema().await.unwrap();
    let shop = &schema.keyspaces["shop"];
    let of = |all| Replicas { all, transient: 0 };
    let expected =
        Replication::NetworkTopology([("dc1".to_owned(), of(3)), ("dc2".to_owned(), of(2))].into());
    assert_eq!((&shop.replication, shop.durable_writes), (&expected, false));
    assert_eq!(shop.tables.keys().collect::<Vec<_>>(), ["Carts", "orders"]);
    let orders = &shop.tables["orders"];
    assert_eq!(
        (orders.compaction_strategy.as_str(), orders.gc_grace_seconds),
        ("LeveledCompactionStrategy", 3600)
    );
    assert_eq!(schema.authenticator.as_deref(), Some("AllowAllAuthenticator"));
    let system = &schema.keyspaces["system"];
    assert_eq!(system.replication, Replication::Local);
    assert!(
        !schema.keyspaces.contains_key("system_views"),
        "virtual keyspaces are left out"
    );
}

pub(super) async fn a_stopped_node_is_seen_down_and_keeps_its_tokens(live: &Live) {
    let before = ring(live, live.first()).await;
    let stopped = live.nodes().last().unwrap();
    stopped.stop().unwrap();
    seen_down(live, live.first(), endpoint(stopped));

    let error = live.cluster.membership(endpoint(stopped)).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unreachable, "{error}");
    let after = ring(live, live.first()).await;
    let member = |ring: &BTreeMap<NodeId, TopologyMember>| {
        ring.values()
            .find(|member| member.endpoint == endpoint(stopped))
            .cloned()
            .unwrap()
    };
    assert_eq!(member(&after).gossip_status.as_deref(), Some("shutdown"));
    assert_eq!(member(&after).tokens, member(&before).tokens);
}

pub(super) async fn a_peer_that_was_down_at_a_restart_keeps_its_place(live: &Live) {
    let before = ring(live, live.first()).await;
    let [stays, leaves] = live.nodes() else {
        panic!("two nodes")
    };
    leaves.stop().unwrap();
    stays.stop().unwrap();
    stays.start().unwrap();
    stays.wait_until_ready(DEADLINE).unwrap();
    seen_down(live, endpoint(stays), endpoint(leaves));

    let after = ring(live, endpoint(stays)).await;
    assert_eq!(
        after.keys().collect::<Vec<_>>(),
        before.keys().collect::<Vec<_>>()
    );
    let forgotten = after
        .values()
        .find(|member| member.endpoint == endpoint(leaves))
        .unwrap();
    assert_eq!(forgotten.gossip_status, None, "gossip knows nothing of it");
    assert_eq!(
        (forgotten.data_centre.as_str(), forgotten.rack.as_str()),
        (leaves.data_centre(), leaves.rack())
    );
    assert_eq!(forgotten.tokens.len(), live.lab.settings().num_tokens as usize);
}

/// Waits until `observer` says that `node` is unreachable.
fn seen_down(live: &Live, observer: Endpoint, node: Endpoint) {
    tokio::task::block_in_place(|| {
        wait_until("a stopped node seen down", DEADLINE, || {
            let report = tokio::runtime::Handle::current().block_on(live.cluster.membership(observer))?;
            Ok(report.unreachable.contains(&node).then_some(()))
        })
        .unwrap();
    });
}
