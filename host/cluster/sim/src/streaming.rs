//! How long a repair takes: its replicas read what they have, and stream what some of them lack. And what is left to do
//! where that arrived.

use std::collections::BTreeSet;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, RepairOrder, TableName};
use ringkeeper_ring::{RangeSet, TokenRange};
use ringkeeper_seams::Timestamp;

use crate::state::State;
use crate::{SimNode, SimRepair};

/// Bytes of a table that a replica reads a second to compare them.
const VALIDATED_A_SECOND: f64 = 32.0 * 1024.0 * 1024.0;
/// Bytes that a node gets a second: Cassandra's default for what a node sends (`stream_throughput_outbound`).
const STREAMED_A_SECOND: f64 = 24.0 * 1024.0 * 1024.0;
/// Bytes that a node compacts a second: Cassandra's default (`compaction_throughput`).
const COMPACTED_A_SECOND: f64 = 64.0 * 1024.0 * 1024.0;
/// Files that one compaction takes together (`min_threshold`).
const FILES_OF_A_TASK: usize = 4;

/// What a replica lacks of the tables and ranges of a repair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Lack {
    bytes: f64,
    /// Ranges of which something is sent, each as a file of its own.
    files: usize,
}

/// What arrived at a node and has yet to be compacted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrived {
    at: Timestamp,
    tasks: f64,
    takes: Duration,
}

impl State {
    /// How long the replicas take to read the tables' ranges, to compare them, and to stream what differs.
    pub(crate) fn time_of_repair(&self, order: &RepairOrder, participants: &BTreeSet<NodeId>) -> Duration {
        if self.rows.load.is_none() {
            return Duration::from_secs(10);
        }
        let width: u128 = order.ranges.iter().map(|range| range.width()).sum();
        let share = width as f64 / (1_u128 << 64) as f64;
        let read = |node: NodeId| -> f64 {
            let bytes = tables(order).map(|table| self.bytes_of(node, &table) as f64);
            bytes.sum::<f64>() * self.nodes.len() as f64 * share
        };
        let most = |numbers: &mut dyn Iterator<Item = f64>| numbers.fold(0.0, f64::max);
        let read = most(&mut participants.iter().map(|node| read(*node)));
        let lacking = most(&mut participants.iter().map(|node| self.lack(*node, order).bytes));
        let is_slow = participants
            .iter()
            .filter_map(|id| self.nodes.get(id))
            .any(|node| node.disk_slow);
        let seconds = 1.0 + read / VALIDATED_A_SECOND + lacking / STREAMED_A_SECOND;
        Duration::from_secs_f64(seconds * f64::from(if is_slow { SimNode::SLOW } else { 1 }))
    }

    /// What a node lacks of what a repair is about.
    fn lack(&self, node: NodeId, order: &RepairOrder) -> Lack {
        let Some(load) = &self.rows.load else {
            return Lack::default();
        };
        let ranges: RangeSet = order.ranges.iter().copied().collect();
        let mut lack = Lack::default();
        for table in tables(order) {
            for (missing, lasted) in self.rows.missing(&table, node, &ranges) {
                let share = missing.width() as f64 / (1_u128 << 64) as f64;
                let rows = lasted.as_secs_f64() * f64::from(load.writes_per_second) * share;
                lack.bytes += rows * load.row_bytes as f64;
                let is_sent = |range: &&TokenRange| missing.ranges().any(|lacked| lacked.overlaps(**range));
                lack.files += order.ranges.iter().filter(is_sent).count();
            }
            let written = self.rows.written.get(&table).into_iter().flatten();
            let lacked = written
                .filter(|(at, token)| ranges.contains(*token) && self.rows.lacks(&table, node, *at, *token));
            lack.bytes += lacked.count() as f64 * load.row_bytes as f64;
        }
        lack
    }

    /// Notes what a repair that ends well brought to its replicas, before it counts as repaired.
    pub(crate) fn arrive(&mut self, repair: &SimRepair) {
        for node in &repair.participants {
            let lack = self.lack(*node, &repair.order);
            if lack.files == 0 {
                continue;
            }
            let tasks = lack.files.div_ceil(FILES_OF_A_TASK) as f64;
            let takes = Duration::from_secs_f64(tasks + lack.bytes / COMPACTED_A_SECOND);
            let at = repair.ends_at;
            let all = self.rows.arrived.entry(*node).or_default();
            all.retain(|arrived| at < arrived.at.after(arrived.takes));
            all.push(Arrived { at, tasks, takes });
        }
    }

    /// Compactions that wait on a node for what repairs brought.
    pub(crate) fn compactions_to_come(&self, node: NodeId) -> f64 {
        let now = self.lifecycle.now();
        let left = |arrived: &Arrived| {
            let gone = now.since(arrived.at).as_secs_f64() / arrived.takes.as_secs_f64();
            (arrived.tasks * (1.0 - gone)).ceil().max(0.0)
        };
        let arrived = self.rows.arrived.get(&node).into_iter().flatten();
        arrived.map(left).sum()
    }
}

fn tables(order: &RepairOrder) -> impl Iterator<Item = TableName> {
    order.tables.iter().map(|table| TableName {
        keyspace: order.keyspace.clone(),
        table: table.clone(),
    })
}

#[cfg(test)]
mod tests;
