//! How a keyspace is replicated.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Replicas in one data centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Replicas {
    /// All replicas, transient ones included.
    pub all: u32,
    /// Transient ones among them, which do not count for consistency.
    pub transient: u32,
}

/// A keyspace's replication strategy with its options.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replication {
    /// `SimpleStrategy`: the next nodes around the ring, whatever their data centre.
    Simple(Replicas),
    /// `NetworkTopologyStrategy`: per data centre, spread over racks.
    NetworkTopology(BTreeMap<String, Replicas>),
    /// `LocalStrategy`: on the node itself alone.
    Local,
    /// `EverywhereStrategy`: on every node.
    Everywhere,
    /// A strategy this crate does not know.
    Unknown {
        /// Class without its package.
        class: String,
    },
}

/// Why placements cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StrategyError {
    /// The strategy's rules are not known here.
    #[error("placements of `{0}` cannot be computed")]
    Unknown(String),
    /// `LocalStrategy` has no ring.
    #[error("a local keyspace has no placements")]
    Local,
    /// Nobody owns a token.
    #[error("no node owns a token")]
    EmptyRing,
}
