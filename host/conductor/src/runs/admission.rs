//! Which steps may start now, and what the others wait for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_guard::{Block, Policy, Rule};
use ringkeeper_journal::{RunId, RunState};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;

use super::Book;
use super::approval::waiting;
use super::deadline::{Grace, urgency};
use super::foreign::Said;
use super::gate::words;
use super::guarding::Facts;
use super::run::{Run, StepRecord, StepState};
use super::starting::is_underway;
use super::turns::{First, Kept, LONG_WAIT, note, waits_for_work};

/// Attempts that go on in one cluster at once.
const MOST_AT_ONCE: usize = 64;
/// A look older than this is no ground to start anything on.
const STALE: Duration = Duration::from_secs(60);
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
    /// What the guard has against each step that it was asked about and did not admit.
    pub(super) guarded: BTreeMap<(RunId, String), Vec<Block>>,
    /// The step of each run that others keep from its nodes.
    pub(super) kept: BTreeMap<RunId, Kept>,
}

/// The world as admission sees it.
pub(super) struct World<'a> {
    pub(super) book: &'a Book,
    pub(super) snapshot: Option<&'a Arc<Snapshot>>,
    /// The time between two sweeps.
    pub(super) sweep_every: Duration,
    /// What the guard holds the cluster to.
    pub(super) policy: &'a Policy,
    /// Runs whose plugin may not work any more, and why.
    pub(super) denied: &'a BTreeMap<RunId, String>,
    /// What nodes said of their repair commands since.
    pub(super) said: &'a BTreeMap<NodeId, Said>,
    pub(super) now: Timestamp,
    /// Runs that wait for a new plan, and why.
    pub(super) replans: &'a BTreeMap<RunId, String>,
    /// Nothing that changes the cluster is begun before this moment.
    pub(super) held_until: Option<Timestamp>,
    /// The tables of runs that reach their `gc_grace_seconds` first.
    pub(super) graces: &'a BTreeMap<RunId, Grace>,
    /// The step of each run that others kept from its nodes until now.
    pub(super) kept: &'a BTreeMap<RunId, Kept>,
}

impl World<'_> {
    /// Decides about every pending step of every open run.
    pub(super) fn admit(&self) -> Admission {
        let mut admission = Admission::default();
        // Gathering the facts is most of the work, and most of the time nothing is to be decided.
        if self.book.open_runs().next().is_none() {
            return admission;
        }
        let mut asked = Asked {
            held: self
                .book
                .leases()
                .map(|lease| (lease.node, lease.run.opened.run.clone()))
                .collect(),
            reserved: BTreeMap::new(),
            facts: self
                .snapshot
                .map(|snapshot| Facts::gather(self.book, snapshot, self.said, self.now, self.sweep_every)),
        };
        let mut going = self.started();
        let runs = self.most_urgent_first();
        for run in &runs {
            self.take_turn(run, &mut asked);
        }
        for run in runs {
            if let Some(reason) = self.run_is_blocked(run) {
                admission.block(&run.opened.run, reason);
                if is_underway(run.state) {
                    continue;
                }
            }
            let waits = waiting(run);
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
                if !is_underway(run.state) || going >= MOST_AT_ONCE {
                    continue;
                }
                if let Some(waits) = &waits {
                    // One sentence says it of all steps, and what holds the first holds the others.
                    let mut unsaid = Admission::default();
                    if self.step_is_blocked(run, record, &asked, &mut unsaid).is_some() {
                        admission.block(&run.opened.run, waits.clone());
                        break;
                    }
                } else if let Some(reason) = self.step_is_blocked(run, record, &asked, &mut admission) {
                    if !reason.is_empty() {
                        admission.block(&run.opened.run, reason);
                    }
                    asked.reserve(run, record, self.now, admission.guarded.get(&id()));
                    continue;
                }
                asked.hold(run, record);
                going += 1;
                admission.ready.push(id());
            }
        }
        admission
    }

    /// Open runs, the one that must be done first first. A run without a deadline gets one that is far off when it is
    /// opened, so that none waits for ever.
    fn most_urgent_first(&self) -> Vec<&Run> {
        let mut runs: Vec<&Run> = self.book.open_runs().collect();
        runs.sort_by_key(|run| urgency(run, self.graces.get(&run.opened.run)));
        runs
    }

    /// Keeps the nodes of a step that others have kept from them for long free for it, if it waits for nothing else.
    fn take_turn(&self, run: &Run, asked: &mut Asked) {
        let kept = self.kept.get(&run.opened.run);
        let Some(kept) = kept.filter(|kept| kept.has_turn(self.now)) else {
            return;
        };
        let Some(record) = run.step(&kept.step) else {
            return;
        };
        if run.state != RunState::Running || self.run_is_blocked(run).is_some() || !self.is_due(run, record) {
            return;
        }
        let Some(facts) = &asked.facts else {
            return;
        };
        let denied = self.denied.get(&run.opened.run);
        if waits_for_work(&facts.blocks(run, record, denied, self.policy)) {
            asked.keep_free(run, record, Some(kept.since));
        }
    }

    /// Whether it is to be begun as soon as it can be: what comes before it is done, and it was not put off.
    fn is_due(&self, run: &Run, record: &StepRecord) -> bool {
        let is_over = |id: &String| run.step(id).is_none_or(|before| before.state.is_end());
        let StepState::Pending { until, .. } = &record.state else {
            return false;
        };
        until.is_none_or(|until| until <= self.now) && record.step.after.iter().all(is_over)
    }

    fn started(&self) -> usize {
        let steps = self.book.open_runs().flat_map(|run| &run.steps);
        steps
            .filter(|record| matches!(record.state, StepState::Started { .. }))
            .count()
    }

    fn run_is_blocked(&self, run: &Run) -> Option<String> {
        if run.state == RunState::Paused {
            return Some("the run is paused".to_owned());
        }
        if let Some(reason) = self.replans.get(&run.opened.run) {
            return Some(format!("it is to be planned anew: {reason}"));
        }
        let changes = || {
            run.steps
                .iter()
                .any(|record| record.step.impact > Impact::Observe)
        };
        if let Some((since, reason)) = self.book.frozen.as_ref().filter(|_| changes()) {
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
        asked: &Asked,
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
            admission.wake(*until);
            return Some(format!("{}: {}", record.step.id, reasons.join("; ")));
        }
        if record.step.impact == Impact::Observe {
            return None;
        }
        let nodes = || record.held_when_started().iter();
        // Who holds a node of a piece of repair is the daily round of one run; it is told where a node is to go away.
        let mut holders = nodes().filter_map(|node| asked.held.get(node)).peekable();
        let is_held = holders.peek().is_some();
        if holders.any(|holder| *holder != run.opened.run) {
            let (id, step) = (&run.opened.run, &record.step.id);
            note(&mut admission.kept, self.kept, id, step, self.now);
        }
        if is_held && record.step.impact < Impact::Disrupt {
            return Some(String::new());
        }
        if let Some(first) = nodes()
            .find_map(|node| asked.reserved.get(node))
            .filter(|first| first.comes_before(run))
        {
            return Some(format!("{}: {first}", record.step.id));
        }
        self.guard_blocks(run, record, asked, admission)
    }

    /// What the guard has against a step.
    fn guard_blocks(
        &self,
        run: &Run,
        record: &StepRecord,
        asked: &Asked,
        admission: &mut Admission,
    ) -> Option<String> {
        let facts = asked.facts.as_ref()?;
        let blocks = facts.blocks(run, record, self.denied.get(&run.opened.run), self.policy);
        if blocks.is_empty() {
            return None;
        }
        for until in blocks.iter().filter_map(|block| block.until) {
            admission.wake(until.max(self.now));
        }
        admission.waits_for_others |= blocks.iter().any(|block| block.rule == Rule::Foreign);
        let reason = format!("{}: {}", record.step.id, words(&blocks));
        admission
            .guarded
            .insert((run.opened.run.clone(), record.step.id.clone()), blocks);
        Some(reason)
    }
}

/// What is asked about each step in turn.
struct Asked {
    /// Nodes that are held, and by which run.
    held: BTreeMap<NodeId, RunId>,
    /// Nodes that a step waits for which comes before all that are asked about later.
    reserved: BTreeMap<NodeId, First>,
    /// None before the first look, when nothing starts anyway.
    facts: Option<Facts>,
}

impl Asked {
    fn hold(&mut self, run: &Run, record: &StepRecord) {
        for node in record.held_when_started() {
            self.held.insert(*node, run.opened.run.clone());
        }
        if let Some(facts) = &mut self.facts {
            facts.hold(run, record);
        }
    }

    /// A step that is to take a node away, or has waited long, and waits for nothing but other work on its nodes, comes
    /// before every later one there: nothing new is begun on them by runs that are less urgent.
    fn reserve(&mut self, run: &Run, record: &StepRecord, now: Timestamp, blocks: Option<&Vec<Block>>) {
        let is_due = record.step.impact == Impact::Disrupt
            || record
                .blocked_since
                .is_some_and(|since| now.since(since) > LONG_WAIT);
        if is_due && blocks.is_some_and(|blocks| waits_for_work(blocks)) {
            self.keep_free(run, record, None);
        }
    }

    fn keep_free(&mut self, run: &Run, record: &StepRecord, kept_since: Option<Timestamp>) {
        for node in record.held_when_started() {
            self.reserved.entry(*node).or_insert_with(|| First {
                run: run.opened.run.clone(),
                step: record.step.id.clone(),
                kept_since,
            });
        }
    }
}

impl Admission {
    /// Has the loop look again at that moment.
    fn wake(&mut self, until: Timestamp) {
        self.wake_at = Some(self.wake_at.map_or(until, |at| at.min(until)));
    }

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
