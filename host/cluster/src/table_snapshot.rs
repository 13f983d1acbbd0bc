//! Snapshots in Cassandra's sense: a table's files as they were, kept on its node.

use serde::{Deserialize, Serialize};

use crate::TableName;

/// What a node holds of one table in one snapshot. Not to be taken for [`crate::Snapshot`], the merged view of a cluster.
///
/// Nodes tell sizes in text with two or three decimals (`1.52 MiB`), so both are near to the truth and no more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableSnapshot {
    /// The snapshot's name.
    pub tag: String,
    /// The table.
    pub table: TableName,
    /// Bytes of its files, most of which are those of the table itself as long as that has not compacted them away.
    pub bytes: u64,
    /// Bytes that are free again when it is cleared.
    pub own_bytes: u64,
}
