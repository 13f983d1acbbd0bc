//! Snapshots: the files of tables, kept on their node.

use ringkeeper_cluster::{NodeError, NodeErrorKind, NodeId, TableName, TableSnapshot};

use crate::SimNode;
use crate::state::State;

/// What Cassandra itself writes into each table of a snapshot: the list of its files, and its definition.
const WRITTEN: u64 = 1024;

impl State {
    /// Keeps the tables of these keyspaces, of all where none is named.
    pub(crate) fn take_snapshot(
        &mut self,
        node: &SimNode,
        tag: &str,
        keyspaces: &[String],
    ) -> Result<(), NodeError> {
        let failed = |message: String| NodeError::new(NodeErrorKind::Failed, node.endpoint, message);
        if let Some(unknown) = keyspaces
            .iter()
            .find(|name| !self.schema.keyspaces.contains_key(*name))
        {
            return Err(failed(format!("Keyspace {unknown} does not exist")));
        }
        let mut taken = Vec::new();
        for keyspace in self.schema.keyspaces.values() {
            if !keyspaces.is_empty() && !keyspaces.contains(&keyspace.name) {
                continue;
            }
            for table in keyspace.tables.keys() {
                let table = TableName {
                    keyspace: keyspace.name.clone(),
                    table: table.clone(),
                };
                let bytes = self.bytes_of(node.id, &table) + WRITTEN;
                taken.push(TableSnapshot {
                    tag: tag.to_owned(),
                    table,
                    bytes,
                    own_bytes: WRITTEN,
                });
            }
        }
        let Some(node) = self.nodes.get_mut(&node.id) else {
            return Ok(());
        };
        let is_there = |one: &TableSnapshot| {
            let mut held = node.snapshots.iter();
            held.any(|held| (&held.tag, &held.table) == (&one.tag, &one.table))
        };
        if taken.iter().any(is_there) {
            return Err(failed(format!("Snapshot {tag} already exists.")));
        }
        node.snapshots.extend(taken);
        Ok(())
    }

    pub(crate) fn clear_snapshot(&mut self, node: NodeId, tag: &str) {
        if let Some(node) = self.nodes.get_mut(&node) {
            node.snapshots.retain(|snapshot| snapshot.tag != tag);
        }
    }
}
