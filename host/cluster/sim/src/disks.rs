//! How much nodes have on their disks, and that those fill.

use std::time::Duration;

use ringkeeper_cluster::{NodeId, TableName};
use ringkeeper_ring::Replication;

use crate::state::State;

/// How often disks are looked at.
const LOOK_AT_DISKS: Duration = Duration::from_secs(60);

impl State {
    /// Bytes of a table on a node.
    pub(crate) fn bytes_of(&self, node: NodeId, table: &TableName) -> u64 {
        self.rows.load.as_ref().map_or(0, |load| {
            let rows = u64::try_from(self.rows_of(node, table).count()).unwrap_or(u64::MAX);
            let rows = rows.saturating_add(self.new_rows(table));
            load.table_bytes
                .saturating_add(load.row_bytes.saturating_mul(rows))
        })
    }

    /// Bytes of all tables on a node.
    pub(crate) fn bytes_on(&self, node: NodeId) -> u64 {
        let tables = self.user_tables().map(|table| self.bytes_of(node, &table));
        tables.fold(0, u64::saturating_add)
    }

    /// Rows that a table has grown by on each node.
    fn new_rows(&self, table: &TableName) -> u64 {
        let Some(load) = self.rows.load.as_ref().filter(|load| load.grows) else {
            return 0;
        };
        let keyspace = self.schema.keyspaces.get(&table.keyspace);
        let replicas: u64 = match keyspace.map(|keyspace| &keyspace.replication) {
            Some(Replication::Simple(replicas)) => replicas.all.into(),
            Some(Replication::NetworkTopology(centres)) => {
                centres.values().map(|replicas| u64::from(replicas.all)).sum()
            }
            _ => return 0,
        };
        let seconds = self.lifecycle.now().since(self.rows.load_since).as_secs();
        let nodes = u64::try_from(self.nodes.len()).unwrap_or(u64::MAX).max(1);
        let written = seconds.saturating_mul(load.writes_per_second.into());
        written.saturating_mul(replicas) / nodes
    }

    /// Fills the disks that what was written does not fit on any more.
    pub(crate) fn fill_disks(&mut self) {
        let now = self.lifecycle.now();
        let load = self.rows.load.as_ref().filter(|load| load.grows);
        let most = load.map(|load| load.disk_bytes);
        let Some(most) = most.filter(|_| now >= self.rows.disks_seen.after(LOOK_AT_DISKS)) else {
            return;
        };
        self.rows.disks_seen = now;
        let full: Vec<NodeId> = self
            .nodes
            .values()
            .filter(|node| node.running && !node.disk_full && self.bytes_on(node.id) > most)
            .map(|node| node.id)
            .collect();
        for node in full {
            self.fill_disk(node);
        }
    }
}
