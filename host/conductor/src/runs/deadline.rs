//! When a run must be done: what was said when it was opened, or the moment at which a table it repairs reaches its
//! `gc_grace_seconds`. That moment is the host's own: by its ledger and the cluster's schema, whatever a plugin says. Only
//! which tables a run is about is the plugin's word, and by that word the run is judged when it ends.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_api::DeadlineRow;
use ringkeeper_cluster::{Snapshot, TableName};
use ringkeeper_journal::RunId;
use ringkeeper_plan::{Cause, Goal};
use ringkeeper_ring::{Oldest, RangeSet};
use ringkeeper_seams::Timestamp;

use super::ledger::{Record, ledger_of, replicated};
use super::run::Run;
use crate::Conductor;
use crate::conductor::Watched;

/// A run without a deadline is as urgent as one that must be done so long after it was opened.
const PATIENCE: Duration = Duration::from_secs(7 * 24 * 3_600);
/// How long a reckoning holds: it is about days, and reads the cluster's history.
const HOLDS: Duration = Duration::from_secs(10 * 60);
/// The same where that history could not be read.
const HOLDS_UNREAD: Duration = Duration::from_secs(60);
/// Without this function a run repairs nothing, whatever its goals are.
const REPAIRS: &str = "repair.start";

/// The table of a run that reaches its `gc_grace_seconds` first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grace {
    /// When; where no repair of it is known, when the run was opened.
    pub(super) at: Timestamp,
    pub(super) table: TableName,
    /// Whether every range of it is known to have been repaired once.
    pub(super) is_known: bool,
}

impl Grace {
    /// Why the run must be done by then.
    fn reason(&self, now: Timestamp) -> String {
        let Self { at, table, is_known } = self;
        match (is_known, *at <= now) {
            (false, _) => format!("no repair of all of table {table} is known"),
            (true, false) => format!("table {table} reaches gc_grace"),
            (true, true) => format!("table {table} has reached gc_grace"),
        }
    }
}

/// What is reckoned of every open run, and until when that holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reckoned {
    /// By run, with the hash of the plan it was reckoned for.
    runs: BTreeMap<RunId, (String, Option<Grace>)>,
    until: Timestamp,
}

impl Reckoned {
    /// The tables that reach their `gc_grace_seconds` first, by run.
    pub(super) fn graces(&self) -> BTreeMap<RunId, Grace> {
        let known = self.runs.iter();
        known
            .filter_map(|(run, (_, grace))| Some((run.clone(), grace.clone()?)))
            .collect()
    }

    pub(super) fn of(&self, run: &RunId) -> Option<&Grace> {
        self.runs.get(run)?.1.as_ref()
    }

    fn holds_for(&self, run: &Run, now: Timestamp) -> bool {
        let known = self.runs.get(&run.opened.run);
        now < self.until && known.is_some_and(|(plan, _)| *plan == run.opened.plan.hash)
    }
}

/// What comes first: what is about security, by its moment; then all else by its own.
pub(super) fn urgency(run: &Run, grace: Option<&Grace>) -> (bool, Timestamp) {
    let said = run.opened.deadline;
    let at = said.map_or_else(|| run.opened_at.after(PATIENCE), |said| said.at);
    if is_about_security(run) {
        return (false, at);
    }
    (true, grace.map_or(at, |grace| grace.at.min(at)))
}

pub(super) fn is_about_security(run: &Run) -> bool {
    run.opened.deadline.is_some_and(|said| said.is_security)
}

/// When a run must be done and why, for people; none where nothing presses.
pub(super) fn row(run: &Run, grace: Option<&Grace>, now: Timestamp) -> Option<DeadlineRow> {
    let said = run.opened.deadline;
    let first = grace.filter(|grace| {
        !is_about_security(run) && !run.state.is_end() && said.is_none_or(|said| grace.at < said.at)
    });
    if let Some(grace) = first {
        return Some(DeadlineRow {
            at: grace.at,
            security: false,
            reason: grace.reason(now),
        });
    }
    let said = said?;
    let reason = match run.opened.cause {
        _ if said.is_security => "it is about security",
        Cause::Schedule => "its schedule is due again",
        Cause::Person | Cause::Event => "whoever asked for it said so",
    };
    Some(DeadlineRow {
        at: said.at,
        security: said.is_security,
        reason: reason.to_owned(),
    })
}

/// A keyspace, data centres, and the places of the repairs that are about a table.
type SameRepairs<'a> = (&'a str, &'a [String], &'a [usize]);

/// The table of these goals that reaches its `gc_grace_seconds` first since all its ranges were repaired, among the data
/// centres of its goal. One that was never repaired, as far as is known, counts as due at `opened_at`; if not all repairs
/// are known, nothing is said of it. One whose `gc_grace_seconds` is 0 is never in time and hurries nobody.
pub(super) fn first_to_reach(
    goals: &[Goal],
    snapshot: &Snapshot,
    records: &[Record],
    all_are_known: bool,
    opened_at: Timestamp,
) -> Option<Grace> {
    let mut by_table: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        for table in &record.tables {
            by_table.entry((&record.keyspace, table)).or_default().push(place);
        }
    }
    let mut ranges: BTreeMap<(&str, &[String]), Option<RangeSet>> = BTreeMap::new();
    // Tables of a keyspace are mostly repaired together: what is known of one is known of all.
    let mut oldest: BTreeMap<SameRepairs<'_>, Option<Timestamp>> = BTreeMap::new();
    let graces = goals.iter().filter_map(|goal| {
        let Goal::Repaired {
            table, data_centres, ..
        } = goal;
        let keyspace = table.keyspace.as_str();
        let seen = snapshot
            .keyspaces
            .get(keyspace)?
            .keyspace
            .tables
            .get(&table.table)?;
        if seen.gc_grace_seconds == 0 {
            return None;
        }
        let wanted = ranges
            .entry((keyspace, data_centres))
            .or_insert_with(|| replicated(snapshot, keyspace, data_centres))
            .as_ref()
            .filter(|ranges| !ranges.is_empty())?;
        let places = by_table
            .get(&(keyspace, table.table.as_str()))
            .map_or(&[][..], Vec::as_slice);
        let repaired_at = *oldest.entry((keyspace, data_centres, places)).or_insert_with(|| {
            let about = places.iter().filter_map(|place| records.get(*place));
            match ledger_of(about, table, data_centres).oldest_of(wanted) {
                Oldest::Marked(_, mark) => Some(mark.at),
                Oldest::Never(_) | Oldest::Nothing => None,
            }
        });
        let grace = Duration::from_secs(seen.gc_grace_seconds);
        (repaired_at.is_some() || all_are_known).then(|| Grace {
            at: repaired_at.map_or(opened_at, |at| at.after(grace)),
            table: table.clone(),
            is_known: repaired_at.is_some(),
        })
    });
    graces.min()
}

impl Conductor {
    /// Reckons by when open runs must be done, where that was never done for one of them or not for a while.
    pub(super) async fn reckon_deadlines(&self, cluster: &Watched) {
        let Some(snapshot) = cluster.snapshot() else {
            return;
        };
        let now = self.seams().clock.now();
        let runs = repairing(cluster, now);
        if runs.is_empty() || snapshot.schema_observed_at.is_none() {
            return;
        }
        let (records, all_are_known) = cluster.records_and_whether_all(now).await;
        let reckoned = runs.into_iter().map(|run| {
            let grace = first_to_reach(&run.goals, &snapshot, &records, all_are_known, run.opened_at);
            (run.id, (run.plan, grace))
        });
        cluster.set_reckoned(Reckoned {
            runs: reckoned.collect(),
            until: now.after(if all_are_known { HOLDS } else { HOLDS_UNREAD }),
        });
    }
}

/// What is asked of a run that repairs.
struct Repairing {
    id: RunId,
    plan: String,
    goals: Vec<Goal>,
    opened_at: Timestamp,
}

/// Every open run that repairs; nothing where what was last reckoned still holds for all of them.
fn repairing(cluster: &Watched, now: Timestamp) -> Vec<Repairing> {
    let reckoned = cluster.reckoned();
    let book = cluster.stream.book();
    let runs: Vec<&Run> = book.open_runs().filter(|run| repairs(run)).collect();
    if runs.iter().all(|run| reckoned.holds_for(run, now)) {
        return Vec::new();
    }
    let asked = |run: &Run| Repairing {
        id: run.opened.run.clone(),
        plan: run.opened.plan.hash.clone(),
        goals: run.opened.plan.goals.clone(),
        opened_at: run.opened_at,
    };
    runs.into_iter().map(asked).collect()
}

fn repairs(run: &Run) -> bool {
    let functions = run.steps.iter().flat_map(|record| &record.step.functions);
    functions.into_iter().any(|function| function == REPAIRS)
}
