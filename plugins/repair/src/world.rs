//! What there is to repair, as plain values.

mod gather;

use std::collections::BTreeMap;

use ringkeeper_ring::TokenRange;
use ringkeeper_sdk::cluster::Replication;
use ringkeeper_sdk::{NodeId, Timestamp};

/// A node's place in [`World::nodes`].
pub(crate) type Place = usize;

/// All that a plan is made of. The same world gives the same plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct World {
    /// When it was looked at.
    pub(crate) now: Timestamp,
    /// The members.
    pub(crate) nodes: Vec<Node>,
    /// What to repair, keyspace by keyspace.
    pub(crate) chosen: Vec<Chosen>,
    /// Where the ranges are, each map once.
    pub(crate) maps: Vec<Vec<Placement>>,
    /// Keyspaces that were chosen and cannot be repaired, with the host's words.
    pub(crate) left_out: BTreeMap<String, String>,
}

/// A member of the ring.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Its host id.
    pub(crate) id: NodeId,
    /// Its address.
    pub(crate) address: String,
    /// Its data centre.
    pub(crate) data_centre: String,
    /// Since when it is not up, as its peers see it; none while it is.
    pub(crate) not_up_since: Option<Timestamp>,
}

/// A keyspace of which tables were chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chosen {
    /// Its name.
    pub(crate) keyspace: String,
    /// How it is replicated.
    pub(crate) replication: Replication,
    /// The place of its map in [`World::maps`].
    pub(crate) map: usize,
    /// Whether its tables were named one by one.
    pub(crate) by_name: bool,
    /// The tables, views last.
    pub(crate) tables: Vec<Table>,
    /// Bytes of each table on each node, `[node][table]`, 0 where nobody knows. Never to be relied on.
    pub(crate) bytes: Vec<Vec<f32>>,
}

/// A table or view.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: String,
    /// The hash of its name and id.
    pub(crate) digest: u64,
}

/// Ranges that the same nodes hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placement {
    /// The nodes.
    pub(crate) replicas: Vec<Place>,
    /// The ranges.
    pub(crate) ranges: Vec<TokenRange>,
}
