//! Keyspaces and tables.

use std::collections::BTreeMap;
use std::fmt;

use ringkeeper_ring::Replication;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Everything `system_schema` says that maintenance needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Keyspaces by name, system ones included, virtual ones left out.
    pub keyspaces: BTreeMap<String, Keyspace>,
    /// The class that authenticates clients, without its package; none where the node that was asked did not say.
    pub authenticator: Option<String>,
}

/// A keyspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyspace {
    /// Its name.
    pub name: String,
    /// How it is replicated.
    pub replication: Replication,
    /// Whether its writes go through the commit log.
    pub durable_writes: bool,
    /// Tables and views by name.
    pub tables: BTreeMap<String, Table>,
}

/// A table or materialised view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its id, new whenever it is created.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether it is a materialised view.
    pub is_view: bool,
    /// Class of its compaction strategy, without the package.
    pub compaction_strategy: String,
    /// How long tombstones are kept.
    pub gc_grace_seconds: u64,
}

/// A table by keyspace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct TableName {
    /// Its keyspace.
    pub keyspace: String,
    /// Its name.
    pub table: String,
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.keyspace, self.table)
    }
}

/// Whether Cassandra itself makes this keyspace.
#[must_use]
pub fn is_system_keyspace(name: &str) -> bool {
    name == "system" || name.starts_with("system_")
}
