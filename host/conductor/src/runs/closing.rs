//! Ends runs: when every step has ended, what must hold is checked by the host's own records, whatever the steps said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ringkeeper_cluster::{Schema, Snapshot, TableName};
use ringkeeper_journal::{Call, GoalReport, RunEvent, RunId, RunState};
use ringkeeper_plan::Goal;

use super::ledger::{Mark, Record, ledger_of, replicated};
use super::run::{Run, StepState};
use crate::Conductor;
use crate::conductor::Watched;

/// All of it, in hundredths of a percent.
const WHOLE: u32 = 10_000;
/// Goals not reached that are named in a run's last sentence.
const MOST_NAMED: usize = 3;

impl Conductor {
    /// Ends every run whose steps have all ended.
    pub(super) async fn close_what_is_done(&self, cluster: &Arc<Watched>) {
        let done: Vec<Run> = {
            let book = cluster.stream.book();
            let all_ended = |run: &&Run| run.steps.iter().all(|record| record.state.is_end());
            book.open_runs().filter(all_ended).cloned().collect()
        };
        for run in done {
            let Some(event) = self.verdict(cluster, &run).await else {
                continue;
            };
            match self.write(cluster, &run.opened.run, event).await {
                Ok(()) => cluster.forget(&run.opened.run),
                Err(error) => {
                    tracing::error!(cluster = cluster.name, run = %run.opened.run, %error, "the end of a run cannot be written");
                }
            }
        }
    }

    /// How a run ends; none while that cannot be told, because the cluster cannot be asked.
    async fn verdict(&self, cluster: &Watched, run: &Run) -> Option<RunEvent> {
        let goals = goals(run);
        let mut reports = Vec::new();
        if !goals.is_empty() {
            let snapshot = cluster.snapshot()?;
            let schema = match cluster.access.schema().await {
                Ok(schema) => schema,
                Err(error) => {
                    let reason =
                        format!("its goals cannot be checked before the schema can be read: {error}");
                    cluster.set_blocked(BTreeMap::from([(run.opened.run.clone(), vec![reason])]));
                    return None;
                }
            };
            let records = cluster.repair_records(self.seams().clock.now()).await;
            for goal in goals {
                reports.push(report(&goal, run, &snapshot, &schema, &records));
            }
        }
        let (state, summary) = judge(run, &reports);
        announce(&run.opened.run, state, &summary);
        Some(RunEvent::Closed {
            state,
            summary,
            goals: reports,
        })
    }
}

fn announce(run: &RunId, state: RunState, summary: &str) {
    if state == RunState::Succeeded {
        tracing::info!(%run, %state, summary, "a run ended");
    } else {
        tracing::warn!(%run, %state, summary, "a run ended");
    }
}

/// What the plan promised, and every table the run repaired although no goal names it.
pub(super) fn goals(run: &Run) -> Vec<Goal> {
    let mut goals = run.opened.plan.goals.clone();
    let named: BTreeSet<TableName> = goals
        .iter()
        .map(|Goal::Repaired { table, .. }| table.clone())
        .collect();
    let mut more: BTreeMap<TableName, Vec<String>> = BTreeMap::new();
    for effect in run.effects.values() {
        let Call::Repair { order } = &effect.intent.call else {
            continue;
        };
        for table in &order.tables {
            let table = TableName {
                keyspace: order.keyspace.clone(),
                table: table.clone(),
            };
            if !named.contains(&table) {
                more.insert(table, order.data_centres.clone());
            }
        }
    }
    goals.extend(more.into_iter().map(|(table, data_centres)| Goal::Repaired {
        table,
        data_centres,
        since: None,
    }));
    goals
}

/// How one goal stands: the share of the replicated ring that records say was repaired.
fn report(goal: &Goal, run: &Run, snapshot: &Snapshot, schema: &Schema, records: &[Record]) -> GoalReport {
    let Goal::Repaired {
        table,
        data_centres,
        since,
    } = goal;
    let void = |note: &str| GoalReport {
        goal: goal.clone(),
        hundredths: None,
        note: note.to_owned(),
    };
    let Some(found) = schema
        .keyspaces
        .get(&table.keyspace)
        .and_then(|keyspace| keyspace.tables.get(&table.table))
    else {
        return void("the table was dropped meanwhile");
    };
    let planned_for = run.opened.plan.basis.tables.get(&table.to_string());
    if planned_for.is_some_and(|id| *id != found.id) {
        return void("the table was dropped and made anew meanwhile");
    }
    let Some(wanted) = replicated(snapshot, &table.keyspace, data_centres) else {
        return GoalReport {
            goal: goal.clone(),
            hundredths: Some(0),
            note: "where its ranges are is not known".to_owned(),
        };
    };
    let since = since.unwrap_or(run.opened_at);
    let done = ledger_of(records, table, data_centres)
        .since(Mark {
            at: since,
            ours: false,
        })
        .intersection(&wanted);
    let hundredths = share(done.width(), wanted.width());
    let missing = wanted.difference(&done);
    let note = match missing.ranges().next() {
        None => String::new(),
        Some(first) => format!("{} ranges are missing, the first {first}", missing.ranges().len()),
    };
    GoalReport {
        goal: goal.clone(),
        hundredths: Some(hundredths),
        note,
    }
}

/// A share in hundredths of a percent, rounded down: only all of it is all of it.
fn share(part: u128, whole: u128) -> u32 {
    if part >= whole {
        return WHOLE;
    }
    // Both are at most 2^64, so the product fits.
    u32::try_from(part * u128::from(WHOLE) / whole)
        .unwrap_or(0)
        .min(WHOLE - 1)
}

fn judge(run: &Run, reports: &[GoalReport]) -> (RunState, String) {
    let count = |is: fn(&StepState) -> bool| run.steps.iter().filter(|record| is(&record.state)).count();
    let (done, failed) = (
        count(|state| matches!(state, StepState::Done(_))),
        count(|state| matches!(state, StepState::Failed(_))),
    );
    let steps = run.steps.len();
    let skipped = run.steps.iter().find_map(|record| match &record.state {
        StepState::Skipped(reason) if reason != "the run was planned anew" => Some(reason.clone()),
        _ => None,
    });
    let short: Vec<String> = reports
        .iter()
        .filter(|report| report.hundredths.is_some_and(|part| part < WHOLE))
        .map(|report| {
            let Goal::Repaired { table, .. } = &report.goal;
            let percent = f64::from(report.hundredths.unwrap_or(0)) / 100.0;
            format!("{table} {percent} %")
        })
        .collect();
    if run.state == RunState::Cancelling {
        let state = match run.approvals.rejected {
            true => RunState::Refused,
            false => RunState::Cancelled,
        };
        return (
            state,
            format!("{}; {done} of {steps} steps were done", run.summary),
        );
    }
    let first_failure = run.steps.iter().find_map(|record| match &record.state {
        StepState::Failed(message) => Some(format!("step {}: {message}", record.step.id)),
        _ => None,
    });
    if let Some(first) = first_failure {
        return (
            RunState::Failed,
            format!("{failed} of {steps} steps failed; {first}"),
        );
    }
    if let Some(reason) = skipped {
        return (
            RunState::Failed,
            format!("{done} of {steps} steps were done; {reason}"),
        );
    }
    if !short.is_empty() {
        let more = short.len().saturating_sub(MOST_NAMED);
        let mut named = short.into_iter().take(MOST_NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 {
            named.push_str(&format!(" and {more} more"));
        }
        return (
            RunState::Failed,
            format!("every step says it is done, but by the host's records not all was repaired: {named}"),
        );
    }
    let void = reports
        .iter()
        .filter(|report| report.hundredths.is_none())
        .count();
    let tables = reports.len() - void;
    let mut summary = format!("{} done", count_of(done, "step"));
    if tables > 0 {
        summary.push_str(&format!(
            "; {} repaired over every replicated range",
            count_of(tables, "table")
        ));
    }
    if void > 0 {
        let are = if void == 1 { "is" } else { "are" };
        summary.push_str(&format!("; {} {are} gone", count_of(void, "table")));
    }
    (RunState::Succeeded, summary)
}

/// A number with its noun.
pub(crate) fn count_of(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
