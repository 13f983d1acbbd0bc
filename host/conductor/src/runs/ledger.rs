//! What was repaired: by our own runs, and by others as the cluster remembers it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{RecordedRepair, RepairOrder, TableName};
use ringkeeper_journal::{Call, EffectResult};
use ringkeeper_ring::{Ledger, RangeSet, TokenRange};
use ringkeeper_sandbox::{Repaired, RunningRepair, WorkError};
use ringkeeper_seams::Timestamp;

use super::Book;
use super::foreign::foreign_leaders;
use crate::conductor::Watched;

/// How far back the cluster's history is read.
const LOOK_BACK: Duration = Duration::from_secs(40 * 24 * 3_600);
/// How long what was read of it is used.
const FRESH: Duration = Duration::from_secs(60);
/// How far clocks may differ where our own repair is recognised in the cluster's history.
const CLOCK_SKEW: Duration = Duration::from_secs(30);

/// When a range was repaired and by whom; ours counts as the newer one of two begun at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) at: Timestamp,
    pub(crate) ours: bool,
}

/// One repair that counts.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) keyspace: String,
    pub(crate) tables: BTreeSet<String>,
    pub(crate) ranges: Vec<TokenRange>,
    /// The data centres whose replicas took part; all where empty.
    pub(crate) data_centres: BTreeSet<String>,
    pub(crate) mark: Mark,
}

impl Record {
    /// Whether the replicas of these data centres (of all where none is named) all took part.
    fn counts_for(&self, data_centres: &[String]) -> bool {
        self.data_centres.is_empty()
            || (!data_centres.is_empty() && data_centres.iter().all(|name| self.data_centres.contains(name)))
    }

    /// Whether it repaired this table among these data centres.
    pub(crate) fn is_about(&self, table: &TableName, data_centres: &[String]) -> bool {
        self.keyspace == table.keyspace && self.tables.contains(&table.table) && self.counts_for(data_centres)
    }
}

/// Every repair of our own runs that was done.
pub(crate) fn own_records(book: &Book) -> Vec<Record> {
    let done = book.effects().filter_map(|(_, effect)| {
        let Call::Repair { order } = &effect.intent.call else {
            return None;
        };
        matches!(effect.result, Some(EffectResult::Done { .. })).then(|| record(order, effect.intended_at))
    });
    done.collect()
}

fn record(order: &RepairOrder, at: Timestamp) -> Record {
    Record {
        keyspace: order.keyspace.clone(),
        tables: order.tables.iter().cloned().collect(),
        ranges: order.ranges.clone(),
        data_centres: order.data_centres.iter().cloned().collect(),
        mark: Mark { at, ours: true },
    }
}

/// Repairs of the cluster's history that ended well and are none of ours.
fn other_records(history: &[RecordedRepair], own: &[Record]) -> Vec<Record> {
    let others = history.iter().filter_map(|repair| {
        let counts = repair.ended_at.is_some() && repair.failure.is_none() && !repair.repaired.is_empty();
        if !counts || (!repair.whole && repair.data_centres.is_empty()) {
            return None;
        }
        let ours = own.iter().any(|own| {
            let apart = own
                .mark
                .at
                .since(repair.started_at)
                .max(repair.started_at.since(own.mark.at));
            apart <= CLOCK_SKEW && own.keyspace == repair.keyspace && own.tables == repair.tables
        });
        (!ours).then(|| Record {
            keyspace: repair.keyspace.clone(),
            tables: repair.tables.clone(),
            ranges: repair.repaired.clone(),
            data_centres: repair.data_centres.clone(),
            mark: Mark {
                at: repair.started_at,
                ours: false,
            },
        })
    });
    others.collect()
}

/// The ledger of one table among these data centres.
pub(crate) fn ledger_of<'r>(
    records: impl IntoIterator<Item = &'r Record>,
    table: &TableName,
    data_centres: &[String],
) -> Ledger<Mark> {
    let about = records
        .into_iter()
        .filter(|record| record.is_about(table, data_centres));
    Ledger::from_records(about.flat_map(|record| record.ranges.iter().map(|range| (*range, record.mark))))
}

impl Watched {
    /// Every repair that is known of, ours and others'. Where the cluster's history cannot be read now, ours and what was
    /// last read of it.
    pub(crate) async fn repair_records(&self, now: Timestamp) -> Vec<Record> {
        self.records_and_whether_all(now).await.0
    }

    /// As [`Watched::repair_records`], and whether others' are among them: false where the cluster's history could never be
    /// read.
    pub(super) async fn records_and_whether_all(&self, now: Timestamp) -> (Vec<Record>, bool) {
        let history = match self.history.fresh(now, FRESH) {
            Some(history) => Some(history),
            None => match self.access.repair_history(now.before(LOOK_BACK)).await {
                Ok(history) => Some(self.history.keep(now, history)),
                Err(error) => {
                    tracing::warn!(cluster = self.name, %error, "the cluster's repair history cannot be read");
                    self.history.last()
                }
            },
        };
        let mut records = own_records(&self.stream.book());
        let all = history.is_some();
        let others = other_records(&history.unwrap_or_default(), &records);
        records.extend(others);
        (records, all)
    }

    /// What `repair-history.ledger` answers.
    pub(super) async fn repaired_ranges(
        &self,
        now: Timestamp,
        table: &TableName,
        data_centres: &[String],
    ) -> Result<Vec<Repaired>, WorkError> {
        let snapshot = self
            .snapshot()
            .ok_or_else(|| WorkError::Unavailable("the host has not looked at the cluster yet".to_owned()))?;
        let known = snapshot
            .keyspaces
            .get(&table.keyspace)
            .is_some_and(|view| view.keyspace.tables.contains_key(&table.table));
        if !known {
            return Err(WorkError::NotFound(format!("there is no table {table}")));
        }
        let records = self.repair_records(now).await;
        let ledger = ledger_of(&records, table, data_centres);
        let pieces = ledger.pieces().map(|(range, mark)| Repaired {
            range,
            at: mark.at,
            by: if mark.ours { "ringkeeper" } else { "other" },
        });
        Ok(pieces.collect())
    }

    /// What `repair-history.running-now` answers.
    pub(super) fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        let snapshot = self
            .snapshot()
            .ok_or_else(|| WorkError::Unavailable("the host has not looked at the cluster yet".to_owned()))?;
        let foreign = foreign_leaders(&self.stream.book(), &snapshot, &self.said());
        let all = snapshot.nodes.values().flat_map(|node| {
            let foreign = foreign.get(&node.id);
            node.repair_commands.iter().map(move |command| RunningRepair {
                coordinator: node.id,
                command: *command,
                ours: !foreign.is_some_and(|foreign| foreign.contains(command)),
            })
        });
        Ok(all.collect())
    }
}

/// What was last read of a cluster's history.
#[derive(Debug, Default)]
pub(crate) struct History(std::sync::Mutex<Option<(Timestamp, Arc<Vec<RecordedRepair>>)>>);

impl History {
    fn slot(&self) -> std::sync::MutexGuard<'_, Option<(Timestamp, Arc<Vec<RecordedRepair>>)>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn fresh(&self, now: Timestamp, age: Duration) -> Option<Arc<Vec<RecordedRepair>>> {
        let slot = self.slot();
        let (at, history) = slot.as_ref()?;
        (now.since(*at) < age && *at <= now).then(|| Arc::clone(history))
    }

    fn last(&self) -> Option<Arc<Vec<RecordedRepair>>> {
        Some(Arc::clone(&self.slot().as_ref()?.1))
    }

    fn keep(&self, now: Timestamp, history: Vec<RecordedRepair>) -> Arc<Vec<RecordedRepair>> {
        let history = Arc::new(history);
        *self.slot() = Some((now, Arc::clone(&history)));
        history
    }
}

/// Ranges of a keyspace that two nodes or more of these data centres (of all where none is named) hold.
pub(crate) fn replicated(
    snapshot: &ringkeeper_cluster::Snapshot,
    keyspace: &str,
    data_centres: &[String],
) -> Option<RangeSet> {
    let map = snapshot.keyspaces.get(keyspace)?.placements.as_ref()?;
    let mut centres = BTreeMap::new();
    for node in snapshot.nodes.values() {
        centres.insert(node.id, node.data_centre.as_str());
    }
    let takes_part = |node: &&ringkeeper_cluster::NodeId| {
        data_centres.is_empty()
            || centres
                .get(*node)
                .is_some_and(|centre| data_centres.iter().any(|name| name == centre))
    };
    let held = map.placements().iter().filter(|placement| {
        let replicas = placement.replicas.iter().chain(&placement.transient);
        replicas.filter(takes_part).count() >= 2
    });
    Some(
        held.flat_map(|placement| placement.ranges.iter().copied())
            .collect(),
    )
}
