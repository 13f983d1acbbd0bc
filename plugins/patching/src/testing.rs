//! Small and random clusters for tests.

use ringkeeper_sdk::cluster::{DataCentreReplication, Keyspace, Replication};
use ringkeeper_sdk::prelude::*;

use crate::world::{Node, Presence, Seen, World};

/// The moment of every test.
pub(crate) const NOW: Timestamp = 1_700_000_000_000;
/// When every process began.
pub(crate) const STARTED: Timestamp = NOW - 86_400_000;

/// Host id of a node by its place.
pub(crate) fn id(place: usize) -> NodeId {
    format!("{place:08x}-0000-4000-8000-000000000000")
}

/// A node that is there and serves.
pub(crate) fn node(place: usize, data_centre: &str, rack: &str) -> Node {
    Node {
        id: id(place),
        address: format!("10.0.{}.{}:7000", place / 250, place % 250 + 1),
        data_centre: data_centre.to_owned(),
        rack: rack.to_owned(),
        membership: "Normal".to_owned(),
        seen: Seen {
            presence: Presence::Answers,
            process: Some(STARTED),
        },
    }
}

/// Racks with so many nodes each, by data centre and rack.
pub(crate) fn world(racks: &[(&str, &str, usize)]) -> World {
    let mut nodes = Vec::new();
    for (data_centre, rack, number) in racks {
        for _ in 0..*number {
            nodes.push(node(nodes.len(), data_centre, rack));
        }
    }
    World {
        now: NOW,
        nodes,
        ..World::default()
    }
}

/// A keyspace that must keep this level.
pub(crate) fn keyspace(name: &str, replicas: &[(&str, u32)], level: &str) -> Keyspace {
    let replicas = replicas
        .iter()
        .map(|(data_centre, replicas)| DataCentreReplication {
            data_centre: (*data_centre).to_owned(),
            replicas: *replicas,
            transient: 0,
        });
    Keyspace {
        name: name.to_owned(),
        replication: Replication::NetworkTopology(replicas.collect()),
        is_system: name.starts_with("system"),
        consistency_level: Some(level.to_owned()),
        placement_map: None,
    }
}
