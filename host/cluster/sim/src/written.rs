//! Rows that are written one by one, so that somebody can ask who has them. Who has them follows from the same gaps, hints
//! and repairs as everything else that is said of rows.

use std::collections::BTreeSet;

use ringkeeper_cluster::{NodeId, TableName};
use ringkeeper_ring::Token;

use crate::SimCluster;
use crate::state::State;

impl SimCluster {
    /// Writes a row with this token into a table: to every replica that gets writes now. Only where there is a load
    /// ([`SimCluster::set_load`]) do replicas lack anything.
    pub fn write(&self, table: &TableName, token: Token) {
        let mut state = self.lock();
        let now = state.lifecycle.now();
        let rows = state.rows.written.entry(table.clone()).or_default();
        rows.push((now, token));
    }

    /// The tokens of those rows of [`SimCluster::write`] that a node has itself.
    #[must_use]
    pub fn rows_of(&self, node: NodeId, table: &TableName) -> BTreeSet<Token> {
        self.lock().rows_of(node, table).collect()
    }
}

impl State {
    /// The rows written one by one that a node has.
    pub(crate) fn rows_of(&self, node: NodeId, table: &TableName) -> impl Iterator<Item = Token> {
        let rows = self.rows.written.get(table).map_or(&[][..], Vec::as_slice);
        // The map is worth its price only where there are rows.
        let map = (!rows.is_empty()).then(|| self.placement_map(&table.keyspace));
        let map = map.and_then(Result::ok);
        let is_replica = move |token: Token| {
            let placement = map.as_ref().and_then(|map| map.placement_of(token));
            placement.is_some_and(|placement| placement.replicas.contains(&node))
        };
        rows.iter()
            .filter(move |(at, token)| is_replica(*token) && !self.rows.lacks(table, node, *at, *token))
            .map(|(_, token)| *token)
    }
}
