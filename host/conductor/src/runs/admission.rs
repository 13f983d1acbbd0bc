//! Which steps may start now, and what the others wait for.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_journal::{RunId, RunState};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;

use super::Book;
use super::foreign::{Said, foreign_leaders, neighbours};
use super::run::{Run, StepRecord, StepState};

/// Attempts that go on in one cluster at once.
const MOST_AT_ONCE: usize = 64;
/// A look older than this is no ground to start anything on.
const STALE: std::time::Duration = std::time::Duration::from_secs(60);
/// Reasons kept for people, per run.
const MOST_REASONS: usize = 20;

/// What can be done about the open runs of a cluster now.
#[derive(Debug, Default)]
pub(super) struct Admission {
    /// Steps that may start, in order.
    pub(super) ready: Vec<(RunId, String)>,
    /// Steps that never will, with the reason.
    pub(super) skipped: Vec<(RunId, String, String)>,
    /// What each run waits for, in sentences.
    pub(super) blocked: BTreeMap<RunId, Vec<String>>,
    /// The next moment at which a step that was put off may go on.
    pub(super) wake_at: Option<Timestamp>,
    /// Whether something waits for a foreign repair, which ends without telling us.
    pub(super) waits_for_others: bool,
}

/// The world as admission sees it.
pub(super) struct World<'a> {
    pub(super) book: &'a Book,
    pub(super) snapshot: Option<&'a Snapshot>,
    /// What nodes said of their repair commands since.
    pub(super) said: &'a BTreeMap<NodeId, Said>,
    pub(super) now: Timestamp,
    /// Runs that wait for a new plan, and why.
    pub(super) replans: &'a BTreeMap<RunId, String>,
    /// Nothing that changes the cluster is begun before this moment.
    pub(super) held_until: Option<Timestamp>,
}

impl World<'_> {
    /// Decides about every pending step of every open run.
    pub(super) fn admit(&self) -> Admission {
        let mut admission = Admission::default();
        let mut held = self.book.held();
        let mut going = self.started();
        let foreign = self.foreign();
        for run in self.book.open_runs() {
            if let Some(reason) = self.run_is_blocked(run) {
                admission.block(&run.opened.run, reason);
                if run.state == RunState::Running {
                    continue;
                }
            }
            let failed = failed_steps(run);
            for record in run
                .steps
                .iter()
                .filter(|record| matches!(record.state, StepState::Pending { .. }))
            {
                let id = || (run.opened.run.clone(), record.step.id.clone());
                if let Some(reason) = never(run, record, &failed) {
                    let (run, step) = id();
                    admission.skipped.push((run, step, reason));
                    continue;
                }
                if run.state != RunState::Running || going >= MOST_AT_ONCE {
                    continue;
                }
                if let Some(reason) = self.step_is_blocked(run, record, &held, &foreign, &mut admission) {
                    if !reason.is_empty() {
                        admission.block(&run.opened.run, reason);
                    }
                    continue;
                }
                held.extend(record.step.nodes.iter().copied());
                going += 1;
                admission.ready.push(id());
            }
        }
        admission
    }

    fn started(&self) -> usize {
        let steps = self.book.open_runs().flat_map(|run| &run.steps);
        steps
            .filter(|record| matches!(record.state, StepState::Started { .. }))
            .count()
    }

    /// Nodes that a foreign repair may work on, with who leads it.
    fn foreign(&self) -> BTreeMap<NodeId, String> {
        let Some(snapshot) = self.snapshot else {
            return BTreeMap::new();
        };
        let mut nodes = BTreeMap::new();
        for (leader, commands) in foreign_leaders(self.book, snapshot, self.said) {
            let place = snapshot
                .nodes
                .get(&leader)
                .map_or_else(|| leader.to_string(), |node| node.endpoint.to_string());
            for node in neighbours(snapshot, leader) {
                nodes.entry(node).or_insert_with(|| {
                    let numbers: Vec<String> = commands.iter().map(ToString::to_string).collect();
                    format!(
                        "another tool's repair (command {} led by {place}) ends",
                        numbers.join(", ")
                    )
                });
            }
        }
        nodes
    }

    fn run_is_blocked(&self, run: &Run) -> Option<String> {
        if run.state == RunState::Paused {
            return Some("the run is paused".to_owned());
        }
        if let Some(reason) = self.replans.get(&run.opened.run) {
            return Some(format!("it is to be planned anew: {reason}"));
        }
        if let Some((since, reason)) = &self.book.frozen {
            return Some(format!("the cluster is frozen since {since}: {reason}"));
        }
        if let Some(until) = self.held_until.filter(|until| *until > self.now) {
            return Some(format!(
                "the journal was lost; nothing is begun before {until}, as calls made before may still run"
            ));
        }
        match self.snapshot {
            None => Some("the host has not looked at the cluster yet".to_owned()),
            Some(snapshot) if self.now.since(snapshot.observed_at) > STALE => Some(format!(
                "the host's last look at the cluster is of {}",
                snapshot.observed_at
            )),
            Some(_) => None,
        }
    }

    /// Why a step does not start now; an empty text where that is not worth a word.
    fn step_is_blocked(
        &self,
        run: &Run,
        record: &StepRecord,
        held: &BTreeSet<NodeId>,
        foreign: &BTreeMap<NodeId, String>,
        admission: &mut Admission,
    ) -> Option<String> {
        let waits = |id: &String| run.step(id).is_some_and(|before| !before.state.is_end());
        if record.step.after.iter().any(waits) {
            return Some(String::new());
        }
        if let StepState::Pending {
            until: Some(until),
            reasons,
        } = &record.state
            && *until > self.now
        {
            admission.wake_at = Some(admission.wake_at.map_or(*until, |at| at.min(*until)));
            return Some(format!("{}: {}", record.step.id, reasons.join("; ")));
        }
        if record.step.impact == Impact::Observe {
            return None;
        }
        if record.step.nodes.iter().any(|node| held.contains(node)) {
            return Some(String::new());
        }
        let other = record.step.nodes.iter().find_map(|node| foreign.get(node))?;
        admission.waits_for_others = true;
        Some(format!("waits until {other}"))
    }
}

impl Admission {
    fn block(&mut self, run: &RunId, reason: String) {
        let reasons = self.blocked.entry(run.clone()).or_default();
        if reasons.len() < MOST_REASONS && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
}

fn failed_steps(run: &Run) -> BTreeSet<&str> {
    run.steps
        .iter()
        .filter(|record| matches!(record.state, StepState::Failed(_) | StepState::Skipped(_)))
        .map(|record| record.step.id.as_str())
        .collect()
}

/// Why a step will never be done.
fn never(run: &Run, record: &StepRecord, failed: &BTreeSet<&str>) -> Option<String> {
    if run.state == RunState::Cancelling {
        return Some("the run was cancelled".to_owned());
    }
    let before = record.step.after.iter().find(|id| failed.contains(id.as_str()))?;
    Some(format!("step {before}, which comes before it, was not done"))
}
