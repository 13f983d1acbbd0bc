//! What the doctor says of clusters in every state.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use ringkeeper_cluster::{NodeId, Probe, ProcessIdentity};
use ringkeeper_ring::Replicas;
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use super::super::Verdict;
use super::*;

fn endpoint(number: u8) -> Endpoint {
    format!("10.0.0.{number}:7000").parse().unwrap()
}

fn report(number: u8) -> MembershipReport {
    MembershipReport {
        host_id: NodeId::new(Uuid::from_u128(u128::from(number))),
        process: ProcessIdentity {
            name: "1@node".to_owned(),
            started_at: Timestamp::default(),
        },
        cluster_name: "Analytics Cluster".to_owned(),
        partitioner: PARTITIONER.to_owned(),
        release_version: "5.0.5".to_owned(),
        schema_version: "aaaa".to_owned(),
        operation_mode: "NORMAL".to_owned(),
        gossip_running: true,
        native_transport_running: true,
        repair_commands: BTreeSet::new(),
        work: ringkeeper_cluster::NodeWork::default(),
        load_bytes: None,
        live: BTreeSet::new(),
        unreachable: BTreeSet::new(),
        joining: BTreeSet::new(),
        leaving: BTreeSet::new(),
        moving: BTreeSet::new(),
    }
}

fn answering(report: MembershipReport, threads: AgentThreads) -> NodeSeen {
    let probe = Probe {
        agent: "Jolokia 2.2.9".to_owned(),
        threads,
        release_version: report.release_version.clone(),
        operations: BTreeSet::new(),
    };
    NodeSeen {
        agent: Ok((probe, report)),
        cql: Some(Ok(())),
    }
}

fn silent(kind: NodeErrorKind) -> NodeSeen {
    NodeSeen {
        agent: Err(NodeError::new(kind, "10.0.0.1:8778", "no answer")),
        cql: None,
    }
}

fn keyspace(name: &str, replication: Replication) -> Keyspace {
    Keyspace {
        name: name.to_owned(),
        replication,
        durable_writes: true,
        tables: BTreeMap::new(),
    }
}

fn in_centres(replicas: &[(&str, u32, u32)]) -> Replication {
    let centres = replicas.iter().map(|(name, all, transient)| {
        (
            (*name).to_owned(),
            Replicas {
                all: *all,
                transient: *transient,
            },
        )
    });
    Replication::NetworkTopology(centres.collect())
}

fn centres(sizes: &[(&str, usize)]) -> Sizes {
    let sizes = sizes.iter().map(|(name, nodes)| ((*name).to_owned(), *nodes));
    sizes.collect()
}

fn schema(keyspaces: Vec<Keyspace>) -> Schema {
    Schema {
        keyspaces: keyspaces
            .into_iter()
            .map(|keyspace| (keyspace.name.clone(), keyspace))
            .collect(),
        authenticator: None,
    }
}

fn sound() -> ClusterSeen {
    ClusterSeen {
        by_agents: false,
        name: "analytics".to_owned(),
        contacts: Ok(vec![endpoint(1)]),
        nodes: (1..=3)
            .map(|number| (endpoint(number), answering(report(number), AgentThreads::Several)))
            .collect(),
        data_centres: centres(&[("dc1", 3), ("dc2", 3)]),
        schema: Ok(schema(vec![
            keyspace("shop", in_centres(&[("dc1", 3, 0)])),
            keyspace("system_auth", in_centres(&[("dc1", 3, 0)])),
            keyspace("system", Replication::Local),
            keyspace(
                "system_traces",
                Replication::Simple(Replicas { all: 2, transient: 0 }),
            ),
        ])),
    }
}

fn said(seen: &ClusterSeen) -> String {
    let lines = cluster(seen).into_iter().map(|check| {
        let remedy = check
            .remedy
            .map(|remedy| format!("\n  fix: {remedy}"))
            .unwrap_or_default();
        format!("{:?}: {}{remedy}", check.verdict, check.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sound_cluster_has_nothing_to_fix() {
    assert!(cluster(&sound()).iter().all(|check| check.verdict == Verdict::Ok));
    assert_snapshot!(said(&sound()));
}

#[test]
fn contact_points_that_lead_nowhere() {
    let error = NodeError::new(
        NodeErrorKind::Unreachable,
        "contact points",
        "none resolves: `db1`: unknown",
    );
    assert_snapshot!(said(&ClusterSeen {
        contacts: Err(error),
        ..sound()
    }));
}

#[test]
fn every_way_a_node_may_not_answer_has_its_cure() {
    let kinds = [
        NodeErrorKind::Unreachable,
        NodeErrorKind::TimedOut,
        NodeErrorKind::Unauthorised,
        NodeErrorKind::Nonsense,
        NodeErrorKind::TooLarge,
        NodeErrorKind::Unsupported,
        NodeErrorKind::Failed,
    ];
    let cures: Vec<_> = kinds
        .into_iter()
        .map(|kind| {
            let check = agent("cluster analytics", endpoint(1), &silent(kind), false);
            assert_eq!(check.verdict, Verdict::Problem);
            format!("{kind}: {}", check.remedy.unwrap())
        })
        .collect();
    assert_snapshot!(cures.join("\n"));
}

#[test]
fn a_cluster_in_trouble_says_all_of_it() {
    let mut seen = sound();
    let odd = MembershipReport {
        partitioner: "RandomPartitioner".to_owned(),
        schema_version: "bbbb".to_owned(),
        release_version: "4.1.9".to_owned(),
        ..report(2)
    };
    let one = NodeSeen {
        cql: Some(Err("connection refused".to_owned())),
        ..answering(report(1), AgentThreads::Single)
    };
    seen.nodes.insert(endpoint(1), one);
    seen.nodes
        .insert(endpoint(2), answering(odd, AgentThreads::Unknown));
    seen.nodes.insert(endpoint(3), silent(NodeErrorKind::TimedOut));
    seen.schema = Err(NodeError::new(
        NodeErrorKind::Unauthorised,
        "10.0.0.1:9042",
        "bad credentials",
    ));
    assert_snapshot!(said(&seen));
}

#[test]
fn keyspaces_that_cannot_lose_a_node_are_named() {
    let mut seen = sound();
    seen.schema = Ok(schema(vec![
        keyspace("shop", in_centres(&[("dc1", 3, 0), ("dc2", 2, 0)])),
        keyspace("carts", in_centres(&[("dc1", 3, 1)])),
        keyspace("logs", Replication::Simple(Replicas { all: 1, transient: 0 })),
        keyspace(
            "odd",
            Replication::Unknown {
                class: "MyStrategy".to_owned(),
            },
        ),
        keyspace("system_auth", in_centres(&[("dc1", 1, 0)])),
    ]));
    assert_snapshot!(said(&seen));
}

#[test]
fn no_data_centre_is_told_to_hold_more_replicas_than_it_has_nodes() {
    let remedy = |sizes: &[(&str, usize)], replicas: &[(&str, u32, u32)]| {
        let keyspace = keyspace("shop", in_centres(replicas));
        weakness(&keyspace, &centres(sizes)).map(|(_, remedy)| remedy)
    };
    let cases = [
        (
            3,
            1,
            Some(
                "run `ALTER KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3'};`, then repair it",
            ),
        ),
        (
            2,
            1,
            Some(
                "run `ALTER KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '2'};`, then repair it",
            ),
        ),
        (2, 2, Some("add nodes to dc1: 3 replicas need 3 nodes")),
        (1, 1, Some("add nodes to dc1: 3 replicas need 3 nodes")),
        (3, 3, None),
    ];
    for (nodes, replicas, expected) in cases {
        let told = remedy(&[("dc1", nodes)], &[("dc1", replicas, 0)]);
        assert_eq!(told.as_deref(), expected, "{replicas} on {nodes} nodes");
    }
    assert_eq!(
        remedy(&[("dc1", 5), ("dc2", 1)], &[("dc1", 1, 0), ("dc2", 1, 0)]).as_deref(),
        Some(
            "run `ALTER KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3', 'dc2': '1'};`, then repair it; add nodes to dc2: 3 replicas need 3 nodes"
        )
    );
    assert_eq!(
        remedy(&[], &[("dc1", 1, 0)]).as_deref(),
        Some(
            "run `ALTER KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3'};`, then repair it"
        ),
        "without a word about the ring, three are wanted"
    );
}

#[test]
fn the_cure_of_a_simple_strategy_is_cql_that_names_every_data_centre() {
    assert_eq!(
        spread("Shop", &centres(&[("dc1", 5), ("o'hare", 2)])),
        "run `ALTER KEYSPACE \"Shop\" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3', 'o''hare': '2'};`, then repair it"
    );
}
