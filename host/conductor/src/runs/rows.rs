//! Runs and leases as values of the API.

mod approval;
mod exposed;
mod leases;
mod undos;

use ringkeeper_api::{GoalRow, JobRow, RunDetail, RunSummary, StepBlockRow, StepRow};
use ringkeeper_cluster::{NodeId, RepairOrder, Snapshot};
use ringkeeper_journal::{Call, EffectResult, NotedBlock};
use ringkeeper_plan::Goal;
use ringkeeper_seams::Timestamp;

use super::approval::waiting;
use super::closing::goals;
use super::deadline;
use super::run::{Effect, Run, StepRecord, StepState};
use super::tools;
use crate::conductor::Watched;

pub(crate) use approval::stakes;
pub(crate) use exposed::exposed;
pub(crate) use leases::leases;

/// A run in a line.
pub(crate) fn summary(cluster: &Watched, run: &Run, now: Timestamp) -> RunSummary {
    let count = |is: fn(&StepState) -> bool| run.steps.iter().filter(|record| is(&record.state)).count();
    let progress = progress(run, now);
    let is_open = !run.state.is_end();
    RunSummary {
        id: run.opened.run.0.clone(),
        cluster: cluster.name.clone(),
        operation: run.opened.operation.clone(),
        title: run.opened.plan.title.clone(),
        state: run.state.to_string(),
        cause: run.opened.cause,
        opened_at: run.opened_at,
        ended_at: run.ended_at,
        steps: run.steps.len(),
        steps_done: count(|state| matches!(state, StepState::Done(_))),
        steps_failed: count(|state| matches!(state, StepState::Failed(_))),
        progress,
        eta_seconds: if is_open { eta(run, progress, now) } else { None },
        blocked_by: match waiting(run) {
            Some(waits) => vec![waits],
            None if is_open => cluster.blocked(&run.opened.run),
            None => Vec::new(),
        },
        summary: run.summary.clone(),
        approval: approval::approval(run),
    }
}

/// The share of the work done, by the steps' estimates; a step without one weighs a second. What is under way counts by
/// its time, up to nine tenths.
fn progress(run: &Run, now: Timestamp) -> f64 {
    let (mut whole, mut done) = (0.0, 0.0);
    for record in &run.steps {
        let weight = weight(record);
        whole += weight;
        done += match (&record.state, record.started_at) {
            (state, _) if state.is_end() => weight,
            (StepState::Started { .. }, Some(at)) => weight.min(now.since(at).as_secs_f64()) * 0.9,
            _ => 0.0,
        };
    }
    if whole > 0.0 { done / whole } else { 0.0 }
}

fn weight(record: &StepRecord) -> f64 {
    record.step.estimate_seconds.map_or(1.0, |seconds| {
        f64::from(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX))
    })
}

/// Seconds left at the pace so far; nothing is said before a step has ended.
fn eta(run: &Run, progress: f64, now: Timestamp) -> Option<u64> {
    let any = run
        .steps
        .iter()
        .any(|record| matches!(record.state, StepState::Done(_)));
    if !any || progress <= 0.0 {
        return None;
    }
    let spent = now.since(run.opened_at).as_secs_f64();
    std::time::Duration::try_from_secs_f64(spent * (1.0 - progress).max(0.0) / progress)
        .ok()
        .map(|left| left.as_secs())
}

/// A run in full.
pub(crate) fn detail(cluster: &Watched, run: &Run, now: Timestamp) -> RunDetail {
    let snapshot = cluster.snapshot();
    let blocked = cluster.blocked(&run.opened.run);
    let mut jobs: std::collections::BTreeMap<&str, Vec<JobRow>> = std::collections::BTreeMap::new();
    for effect in run.effects.values() {
        jobs.entry(&effect.intent.step)
            .or_default()
            .push(job_row(effect, snapshot.as_deref()));
    }
    let step_rows = run.steps.iter().map(|record| {
        let jobs = jobs.remove(record.step.id.as_str()).unwrap_or_default();
        let mut row = step_row(record, jobs, snapshot.as_deref(), now, !blocked.is_empty());
        if row.message.is_empty()
            && let Some(said) = cluster.said_progress(&run.opened.run, &row.id)
        {
            row.message = said.message;
        }
        row
    });
    let step_rows = step_rows.collect();
    RunDetail {
        run: summary(cluster, run, now),
        plugin: run.opened.plugin.clone(),
        digest: run.opened.digest.clone(),
        plan_hash: run.opened.plan.hash.clone(),
        parameters: run.opened.parameters.clone(),
        step_rows,
        stakes: stakes(run.steps.iter().map(|record| &record.step)),
        goals: goal_rows(run),
        deadline: deadline::row(run, cluster.reckoned().of(&run.opened.run), now),
        undos: undos::undos(run, snapshot.as_deref()),
        in_doubt: run
            .effects
            .values()
            .filter(|effect| effect.doubt.is_some())
            .count() as u64,
        repeated: repeated(run),
    }
}

/// Repairs that were begun although the fate of an earlier one of the same ranges had been in doubt.
fn repeated(run: &Run) -> u64 {
    let mut doubtful: Vec<&RepairOrder> = Vec::new();
    let mut repeated = 0;
    for effect in run.effects.values() {
        let Call::Repair { order } = &effect.intent.call else {
            continue;
        };
        if doubtful.iter().any(|earlier| shares(earlier, order)) {
            repeated += 1;
        }
        if effect.doubt.is_some() {
            doubtful.push(order);
        }
    }
    repeated
}

fn shares(one: &RepairOrder, other: &RepairOrder) -> bool {
    one.keyspace == other.keyspace
        && one.tables.iter().any(|table| other.tables.contains(table))
        && one
            .ranges
            .iter()
            .any(|range| other.ranges.iter().any(|its| range.overlaps(*its)))
}

fn step_row(
    record: &StepRecord,
    jobs: Vec<JobRow>,
    snapshot: Option<&Snapshot>,
    now: Timestamp,
    is_blocked: bool,
) -> StepRow {
    let open_state = || match jobs.iter().rev().find(|job| job.ended_at.is_none()) {
        Some(job) if job.state == "InDoubt" => "InDoubt",
        Some(_) => "Waiting",
        None => "Running",
    };
    let (state, message) = match &record.state {
        StepState::Pending {
            until: Some(until),
            reasons,
        } if *until > now => ("Postponed", reasons.join("; ")),
        StepState::Pending { .. } if is_blocked => ("Blocked", String::new()),
        StepState::Pending { .. } => ("Pending", String::new()),
        StepState::Started { .. } => (open_state(), String::new()),
        StepState::Done(summary) => ("Done", summary.clone()),
        StepState::Failed(message) => ("Failed", message.clone()),
        StepState::Skipped(reason) => ("Skipped", reason.clone()),
    };
    StepRow {
        id: record.step.id.clone(),
        title: record.step.title.clone(),
        reason: record.step.reason.clone(),
        state: state.to_owned(),
        impact: record.step.impact,
        nodes: record
            .step
            .nodes
            .iter()
            .map(|node| address(*node, snapshot))
            .collect(),
        functions: record.step.functions.clone(),
        attempt: record.attempt,
        started_at: record.started_at,
        ended_at: record.ended_at,
        estimate_seconds: record.step.estimate_seconds,
        message,
        blocks: standing_blocks(record),
        blocked_since: record.blocked_since.filter(|_| !record.state.is_end()),
        jobs,
    }
}

/// What the guard has against it; against a step that has ended it has nothing any more.
fn standing_blocks(record: &StepRecord) -> Vec<StepBlockRow> {
    if record.state.is_end() {
        return Vec::new();
    }
    record.blocks.iter().map(step_block).collect()
}

fn step_block(block: &NotedBlock) -> StepBlockRow {
    StepBlockRow {
        rule: block.rule.clone(),
        subject: block.subject.clone(),
        text: block.text.clone(),
    }
}

fn job_row(effect: &Effect, snapshot: Option<&Snapshot>) -> JobRow {
    let is_called = effect.command.is_some() || effect.calling.is_some();
    let state = match (&effect.result, is_called, &effect.doubt) {
        (Some(EffectResult::Done { .. }), ..) => "Done",
        (Some(EffectResult::Failed { .. }), ..) => "Failed",
        (Some(EffectResult::Lost { .. }), ..) => "Lost",
        (Some(EffectResult::NotStarted { .. }), ..) => "NotStarted",
        (Some(EffectResult::Cancelled), ..) => "Cancelled",
        (None, true, _) => "Running",
        (None, false, Some(_)) => "InDoubt",
        (None, false, None) => "Intended",
    };
    JobRow {
        id: effect.intent.effect.0.clone(),
        call: call(effect, snapshot),
        state: state.to_owned(),
        intended_at: effect.intended_at,
        ended_at: effect.ended_at,
        message: super::effects::status(effect).message,
    }
}

/// A call in a line.
pub(crate) fn call(effect: &Effect, snapshot: Option<&Snapshot>) -> String {
    let place = address(effect.intent.node, snapshot);
    match &effect.intent.call {
        Call::Repair { order } => {
            let first = order.tables.first().map_or("", String::as_str);
            let more = match order.tables.len() {
                0 | 1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let ranges = match order.ranges.len() {
                1 => "1 range".to_owned(),
                count => format!("{count} ranges"),
            };
            format!(
                "repair {}.{first}{more}, {ranges}, coordinator {place}",
                order.keyspace
            )
        }
        Call::Flush { keyspace, tables } if tables.is_empty() => format!("flush {keyspace} on {place}"),
        Call::Flush { keyspace, tables } => format!("flush {keyspace}.{} on {place}", tables.join(",")),
        Call::Drain => format!("drain {place}"),
        Call::Stop => format!("stop {place}"),
        Call::Start => format!("start {place}"),
        Call::Tool { order } => format!("{} on {place}", tools::words(order)),
    }
}

fn address(node: NodeId, snapshot: Option<&Snapshot>) -> String {
    snapshot
        .and_then(|snapshot| snapshot.nodes.get(&node))
        .map_or_else(|| node.to_string(), |node| node.endpoint.ip().to_string())
}

fn goal_rows(run: &Run) -> Vec<GoalRow> {
    if !run.reports.is_empty() {
        let rows = run.reports.iter().map(|report| GoalRow {
            goal: goal_words(&report.goal),
            percent: report.hundredths.map(|part| f64::from(part) / 100.0),
            note: report.note.clone(),
        });
        return rows.collect();
    }
    let rows = goals(run).into_iter().map(|goal| GoalRow {
        goal: goal_words(&goal),
        percent: None,
        note: String::new(),
    });
    rows.collect()
}

/// A goal in words.
pub(crate) fn goal_words(goal: &Goal) -> String {
    let Goal::Repaired {
        table,
        data_centres,
        since,
    } = goal;
    let place = if data_centres.is_empty() {
        "over the whole ring".to_owned()
    } else {
        format!("within {}", data_centres.join(", "))
    };
    match since {
        Some(since) => format!("{table} repaired {place} since {since}"),
        None => format!("{table} repaired {place}"),
    }
}
