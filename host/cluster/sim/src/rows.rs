//! Which replica lacks which writes.
//!
//! Writes come all the time, so a replica that hears none for a while lacks those of that while: a [`Gap`]. Hints close it,
//! as far as they were kept (three hours, as Cassandra keeps them); after that only a repair that began when the
//! gap was over does, range by range and table by table. No row is kept for that: gaps belong to nodes, and what was
//! repaired when is a ledger of ranges for each table and node.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ringkeeper_cluster::{NodeId, TableName};
use ringkeeper_ring::{Ledger, RangeSet, RingMember, Token};
use ringkeeper_seams::Timestamp;

use crate::repair::SimRepair;
use crate::state::State;
use crate::streaming::Arrived;
use crate::{Load, SimCluster, SimNode};

/// How long writes are kept for a node that misses them (`max_hint_window`).
const HINT_WINDOW: Duration = Duration::from_secs(3 * 3_600);
/// How long it takes to hand hints over.
const HAND_OVER: Duration = Duration::from_secs(20);

/// A replica that lacks writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Who.
    pub node: NodeId,
    /// Of which table.
    pub table: TableName,
    /// Since when it lacked writes.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// How many of its ranges lack them.
    pub ranges: usize,
}

/// Writes of a while that a node did not get.
#[derive(Clone, Debug)]
struct Gap {
    from: Timestamp,
    /// Open while there is none.
    to: Option<Timestamp>,
    /// Whether hints are kept of it.
    hinted: bool,
    /// When its hints are handed over.
    handed_over_at: Option<Timestamp>,
}

/// Everything about rows.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) load: Option<Load>,
    gaps: BTreeMap<NodeId, Vec<Gap>>,
    /// When the ranges of a table on a node were last repaired: the beginning of the repair.
    repaired: BTreeMap<(TableName, NodeId), Ledger<Timestamp>>,
    /// Rows that were written one by one, and when.
    pub(crate) written: BTreeMap<TableName, Vec<(Timestamp, Token)>>,
    /// What repairs brought, until it is compacted.
    pub(crate) arrived: BTreeMap<NodeId, Vec<Arrived>>,
    /// Since when clients do what they do.
    pub(crate) load_since: Timestamp,
    /// When disks were last looked at.
    pub(crate) disks_seen: Timestamp,
}

impl Rows {
    /// Notes whether a node gets writes at `at`.
    pub(crate) fn note(&mut self, node: &SimNode, all: &BTreeMap<NodeId, SimNode>, at: Timestamp) {
        let Some(load) = &self.load else { return };
        // The others do not reach one that does not hear one of them that is there.
        let is_cut = node
            .cut_off
            .iter()
            .any(|other| all.get(other).is_some_and(SimNode::is_heard));
        let gets = node.serves() && !is_cut;
        let gaps = self.gaps.entry(node.id).or_default();
        let open = gaps.last_mut().filter(|gap| gap.to.is_none());
        match (open, gets) {
            (None, false) => {
                // Hints wait until the node is back for good.
                for gap in gaps.iter_mut() {
                    gap.handed_over_at = None;
                }
                gaps.push(Gap {
                    from: at,
                    to: None,
                    hinted: load.hints,
                    handed_over_at: None,
                });
            }
            (Some(gap), true) => {
                gap.to = Some(at);
                for gap in gaps.iter_mut().filter(|gap| gap.hinted) {
                    gap.handed_over_at = Some(at.after(HAND_OVER));
                }
            }
            (None, true) | (Some(_), false) => {}
        }
    }

    /// Closes what hints have closed by now.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        for gaps in self.gaps.values_mut() {
            for gap in gaps.iter_mut() {
                if gap.hinted && gap.handed_over_at.is_some_and(|at| at <= now) {
                    gap.hinted = false;
                    gap.from = gap.from.after(HINT_WINDOW);
                }
            }
            gaps.retain(|gap| gap.to.is_none_or(|to| gap.from < to));
        }
    }

    /// Whether hints wait for a node.
    pub(crate) fn has_hints(&self, node: NodeId) -> bool {
        self.gaps
            .get(&node)
            .is_some_and(|gaps| gaps.iter().any(|gap| gap.hinted))
    }

    /// Loses the hints that wait for a node.
    pub(crate) fn lose_hints(&mut self, node: NodeId) {
        for gap in self.gaps.get_mut(&node).into_iter().flatten() {
            gap.hinted = false;
        }
    }

    /// Notes what a repair that succeeded has repaired.
    pub(crate) fn repair(&mut self, repair: &SimRepair) {
        if self.load.is_none() {
            return;
        }
        for table in &repair.order.tables {
            let table = TableName {
                keyspace: repair.order.keyspace.clone(),
                table: table.clone(),
            };
            for node in &repair.participants {
                let ledger = self.repaired.entry((table.clone(), *node)).or_default();
                for range in &repair.order.ranges {
                    ledger.insert(*range, repair.started_at);
                }
            }
        }
    }
}

impl State {
    /// Which replicas lack writes of times before `before`.
    fn stale(&self, before: Timestamp) -> Vec<Stale> {
        let mut found = Vec::new();
        for keyspace in self.schema.keyspaces.values() {
            let Ok(map) = self.placement_map(&keyspace.name) else {
                continue;
            };
            let tables: BTreeSet<TableName> = self
                .user_tables()
                .filter(|table| table.keyspace == keyspace.name)
                .collect();
            for (table, node) in tables
                .iter()
                .flat_map(|table| self.nodes.keys().map(move |node| (table, *node)))
            {
                let owned = map
                    .ranges()
                    .filter(|(_, placement)| placement.replicas.contains(&node));
                let owned: Vec<_> = owned.map(|(range, _)| range).collect();
                found.extend(self.rows.stale_of(table, node, &owned, before));
            }
        }
        found
    }
}

impl Rows {
    /// Whether a node lacks what was written into a table at a moment, at a token.
    pub(crate) fn lacks(&self, table: &TableName, node: NodeId, at: Timestamp, token: Token) -> bool {
        let repaired = self
            .repaired
            .get(&(table.clone(), node))
            .and_then(|ledger| ledger.mark_of(token));
        let mut gaps = self.gaps.get(&node).into_iter().flatten();
        gaps.any(|gap| {
            let is_of_it = gap.from <= at && gap.to.is_none_or(|to| at < to);
            is_of_it
                && gap
                    .to
                    .is_none_or(|to| repaired.is_none_or(|repaired| repaired < to))
        })
    }

    /// What a node lacks in these ranges of a table, gap by gap: where, and the writes of how long.
    pub(crate) fn missing(
        &self,
        table: &TableName,
        node: NodeId,
        ranges: &RangeSet,
    ) -> impl Iterator<Item = (RangeSet, Duration)> {
        let ledger = self.repaired.get(&(table.clone(), node));
        let gaps = self.gaps.get(&node).into_iter().flatten();
        gaps.filter_map(move |gap| {
            let to = gap.to?;
            let repaired = ledger.map(|ledger| ledger.since(to)).unwrap_or_default();
            let missing = ranges.difference(&repaired);
            (!missing.is_empty()).then(|| (missing, to.since(gap.from)))
        })
    }

    fn stale_of(
        &self,
        table: &TableName,
        node: NodeId,
        owned: &[ringkeeper_ring::TokenRange],
        before: Timestamp,
    ) -> Option<Stale> {
        let gaps = self.gaps.get(&node)?;
        let last = gaps.iter().rfind(|gap| gap.to.is_some_and(|to| to < before))?;
        let to = last.to?;
        let repaired = self
            .repaired
            .get(&(table.clone(), node))
            .map(|ledger| ledger.since(to))
            .unwrap_or_default();
        let lacking = owned.iter().filter(|range| !repaired.covers(**range)).count();
        (lacking > 0).then(|| Stale {
            node,
            table: table.clone(),
            from: last.from,
            to,
            ranges: lacking,
        })
    }
}

impl SimNode {
    pub(crate) fn ring_member(&self) -> RingMember {
        RingMember {
            data_centre: self.data_centre.clone(),
            rack: self.rack.clone(),
            tokens: self.tokens.clone(),
        }
    }
}

impl SimCluster {
    /// Replicas that lack writes of before this moment, which neither hints nor repairs have brought.
    #[must_use]
    pub fn stale(&self, before: Timestamp) -> Vec<Stale> {
        self.lock().stale(before)
    }
}
