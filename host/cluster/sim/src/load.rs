//! What clients do, and the numbers that nodes give of it.

use std::time::Duration;

use ringkeeper_cluster::{Sample, TableName, is_system_keyspace};
use ringkeeper_ring::Replication;
use ringkeeper_seams::Timestamp;

use crate::SimNode;
use crate::state::State;

/// What clients do all the time.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Rows written a second into each table, and as many read.
    pub writes_per_second: u32,
    /// Bytes of a row.
    pub row_bytes: u64,
    /// Bytes of each table on each node to begin with.
    pub table_bytes: u64,
    /// Whether writes that a node misses are kept for it as hints.
    pub hints: bool,
    /// Whether the rows that are written are new, and tables grow by them; otherwise they replace older ones.
    pub grows: bool,
    /// Bytes of tables that fit on a node's disk, where they grow: with more it is full.
    pub disk_bytes: u64,
}

/// Heap of each node.
const HEAP: f64 = 8.0 * 1024.0 * 1024.0 * 1024.0;
/// A compaction that piles up behind a slow disk.
const PILED_UP: f64 = 400.0;

impl State {
    /// Numbers about a node, those put into it last; nothing but those where there is no load.
    pub(crate) fn node_metrics(&self, node: &SimNode) -> Vec<Sample> {
        let Some(load) = &self.rows.load else {
            return node.node_metrics.clone();
        };
        let tables: usize = self.user_tables().count();
        let uptime = self.lifecycle.now().since(node.process.started_at);
        let requests = uptime.as_secs_f64() * f64::from(load.writes_per_second) * tables as f64;
        let requests = requests / self.nodes.len().max(1) as f64;
        let pending = if node.disk_slow { PILED_UP } else { 2.0 } + self.compactions_to_come(node.id);
        let own = |(metric, value): (&str, f64)| Sample::of_node(metric, value);
        let mut samples: Vec<Sample> = [
            ("heap.used_bytes", HEAP * 0.5),
            ("heap.max_bytes", HEAP),
            ("heap.after_gc_bytes", HEAP * 0.3),
            ("gc.time_ms", uptime.as_millis() as f64 * 0.002),
            ("process.uptime_ms", uptime.as_millis() as f64),
            ("storage.load_bytes", self.bytes_on(node.id) as f64),
            ("compaction.pending_tasks", pending),
            ("client.reads", requests.floor()),
            ("client.writes", requests.floor()),
            ("client.connections", 12.0),
            ("dropped.mutation", 0.0),
            ("dropped.read", 0.0),
            ("dropped.other", 0.0),
            ("client.read_timeouts", 0.0),
            ("client.write_timeouts", 0.0),
            ("client.read_unavailables", 0.0),
            ("client.write_unavailables", 0.0),
        ]
        .map(own)
        .into();
        samples.extend(node.node_metrics.iter().cloned());
        samples
    }

    /// Numbers about the tables on a node.
    pub(crate) fn table_metrics(&self, node: &SimNode) -> Vec<Sample> {
        if self.rows.load.is_none() {
            return node.table_metrics.clone();
        }
        let sample = |(table, metric, value): (&TableName, &str, f64)| Sample {
            metric: metric.to_owned(),
            table: Some(table.clone()),
            part: None,
            value,
        };
        let tables: Vec<TableName> = self.user_tables().collect();
        let mut samples: Vec<Sample> = tables
            .iter()
            .flat_map(|table| {
                [
                    (table, "table.disk_bytes", self.bytes_of(node.id, table) as f64),
                    (table, "table.sstables", 8.0),
                ]
            })
            .map(sample)
            .collect();
        samples.extend(node.table_metrics.iter().cloned());
        samples
    }

    /// Tables that clients write to.
    pub(crate) fn user_tables(&self) -> impl Iterator<Item = TableName> {
        let keyspaces = self.schema.keyspaces.values().filter(|keyspace| {
            !is_system_keyspace(&keyspace.name) && !matches!(keyspace.replication, Replication::Local)
        });
        keyspaces.flat_map(|keyspace| {
            keyspace.tables.keys().map(|table| TableName {
                keyspace: keyspace.name.clone(),
                table: table.clone(),
            })
        })
    }
}

impl crate::SimCluster {
    /// What clients do from now on.
    pub fn set_load(&self, load: Option<Load>) {
        let mut state = self.lock();
        state.rows.load = load;
        state.rows.load_since = state.lifecycle.now();
    }

    /// How long peers take from now on to be convinced that a silent node is down; no time unless said otherwise.
    pub fn conviction_takes(&self, time: Duration) {
        self.lock().lifecycle.conviction = time;
    }

    /// What happened after the first `seen` happenings, each with its moment.
    #[must_use]
    pub fn happened(&self, seen: usize) -> Vec<(Timestamp, crate::Happening)> {
        self.lock().happened.since(seen)
    }

    /// Counts happenings as they come about. One that comes about by itself is counted when the cluster is next asked
    /// anything.
    #[must_use]
    pub fn count_happenings(&self) -> tokio::sync::watch::Receiver<usize> {
        self.lock().happened.subscribe()
    }
}
