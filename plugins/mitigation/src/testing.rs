//! Small clusters for tests.

use ringkeeper_sdk::Timestamp;

use crate::world::{FileSystem, Machine, Node, Presence, World};

/// The moment of every test.
pub(crate) const NOW: Timestamp = 1_700_000_000_000;

/// A node that is down for a minute, on a machine that is well.
pub(crate) fn dead_node(place: u32) -> Node {
    Node {
        id: format!("{place:08x}-0000-4000-8000-000000000000"),
        address: format!("10.0.0.{place}:7000"),
        presence: Presence::Down(NOW - 60_000),
        machine: Machine {
            runs: Some(false),
            stopped_on_purpose: Some(false),
            starts: Some(0),
            file_systems: vec![FileSystem {
                mount: "/data".to_owned(),
                read_only: false,
                free: Some(600),
                total: Some(1_000),
            }],
        },
    }
}

/// These nodes, and tables that remember what was deleted for ten days.
pub(crate) fn world(nodes: impl IntoIterator<Item = Node>) -> World {
    World {
        now: NOW,
        nodes: nodes.into_iter().collect(),
        shortest_gc_grace: Some(864_000),
    }
}
