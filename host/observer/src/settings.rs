//! How a cluster is watched.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_cluster::{ConsistencyLevel, Keyspace};
use ringkeeper_ring::Replication;

/// How one cluster is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObserverSettings {
    /// The cluster's name in the configuration.
    pub cluster: String,
    /// Time between the starts of two membership sweeps.
    pub membership_every: Duration,
    /// Time between two readings of the nodes' numbers.
    pub node_metrics_every: Duration,
    /// Time between two readings of the tables' numbers.
    pub table_metrics_every: Duration,
    /// The schema is read this often, and whenever the nodes' schema versions change.
    pub schema_every: Duration,
    /// How long one node may take in one tier, all its answers together.
    pub node_limit: Duration,
    /// How long one reading of the schema may take. It runs beside the sweeps; a backend with a limit of its own must
    /// have time to keep it.
    pub schema_limit: Duration,
    /// How many nodes are asked at once. More are where all of them hanging would make a round longer than the time
    /// between two.
    pub concurrency: usize,
    /// Which keyspaces must stay available, at which level.
    pub consistency: ConsistencyPolicy,
}

impl ObserverSettings {
    /// The defaults for the cluster of this name.
    #[must_use]
    pub fn new(cluster: impl Into<String>) -> Self {
        Self {
            cluster: cluster.into(),
            membership_every: Duration::from_secs(15),
            node_metrics_every: Duration::from_secs(60),
            table_metrics_every: Duration::from_secs(5 * 60),
            schema_every: Duration::from_secs(60),
            node_limit: Duration::from_secs(5),
            schema_limit: Duration::from_secs(11),
            concurrency: 32,
            consistency: ConsistencyPolicy::default(),
        }
    }
}

/// The consistency level each keyspace must keep. None means that its availability is not watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyPolicy {
    /// For keyspaces not named below.
    pub default: Option<ConsistencyLevel>,
    /// For keyspaces by name.
    pub keyspaces: BTreeMap<String, Option<ConsistencyLevel>>,
}

impl Default for ConsistencyPolicy {
    /// LOCAL_QUORUM, `system_auth` too, for logins depend on it. Traces and repair history may be lost for a while.
    fn default() -> Self {
        let level = Some(ConsistencyLevel::LocalQuorum);
        let named = [
            ("system_auth", level),
            ("system_distributed", None),
            ("system_traces", None),
        ];
        Self {
            default: level,
            keyspaces: named.map(|(name, level)| (name.to_owned(), level)).into(),
        }
    }
}

impl ConsistencyPolicy {
    /// The level this keyspace must keep. A local keyspace has no replicas to count.
    #[must_use]
    pub fn level_of(&self, keyspace: &Keyspace) -> Option<ConsistencyLevel> {
        match keyspace.replication {
            Replication::Local => None,
            _ => self
                .keyspaces
                .get(&keyspace.name)
                .copied()
                .unwrap_or(self.default),
        }
    }
}
