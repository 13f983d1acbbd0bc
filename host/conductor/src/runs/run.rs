//! One run as its events tell it.

mod step;

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::RepairCommand;
use ringkeeper_journal::{
    EffectId, EffectResult, GoalReport, Intent, OpenedRun, Part, RunEvent, RunState, Version,
};
use ringkeeper_plan::Step;
use ringkeeper_seams::Timestamp;

use super::approval::{Approvals, Asked};

pub(super) use step::is_wide;
pub(crate) use step::{StepRecord, StepState};

/// A run, folded from the stream.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) opened: OpenedRun,
    pub(crate) opened_at: Timestamp,
    pub(crate) state: RunState,
    pub(crate) ended_at: Option<Timestamp>,
    /// How it ended, or why it is paused or cancelled.
    pub(crate) summary: String,
    pub(crate) steps: Vec<StepRecord>,
    /// Place in `steps`, by id.
    places: BTreeMap<String, usize>,
    pub(crate) effects: BTreeMap<u64, Effect>,
    pub(crate) reports: Vec<GoalReport>,
    pub(crate) replans: u32,
    /// How it stands with a person's word.
    pub(crate) approvals: Approvals,
    /// Steps that were added to its plan.
    pub(super) added: BTreeSet<String>,
    /// What its plugin asked for and must not do, with the step that did.
    pub(crate) oversteps: Vec<(String, String)>,
    /// How its plugin broke, with the step it broke in.
    pub(crate) breaks: Vec<(String, String)>,
}

/// Misdeeds of its plugin, of each kind, that are remembered of a run.
const MOST_MISDEEDS: usize = 20;
/// A call and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) intent: Intent,
    pub(crate) intended_at: Timestamp,
    pub(crate) command: Option<RepairCommand>,
    /// Why its answer is missing, where it was ever missing.
    pub(crate) doubt: Option<String>,
    pub(crate) result: Option<EffectResult>,
    pub(crate) ended_at: Option<Timestamp>,
    /// The part of it that was last called, and when.
    pub(crate) calling: Option<(Part, Timestamp)>,
    /// How often its process was told to start.
    pub(crate) starts: u32,
    /// The number that fenced that call; 0 before any.
    pub(crate) fence: u64,
    /// How its undo stands; none where it has none.
    pub(crate) undo: Option<UndoState>,
}

/// How an undo stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UndoState {
    /// What was taken away is not known to be there again; why it could not be brought back, where that was tried.
    Open(Option<String>),
    /// It is there again; how that is known, and since when.
    Done(String, Timestamp),
}

impl Effect {
    /// Whether what it took away may still be away.
    pub(crate) const fn has_open_undo(&self) -> bool {
        matches!(self.undo, Some(UndoState::Open(_)))
    }
}

impl Run {
    /// A run that was just opened.
    pub(crate) fn open(at: Timestamp, opened: OpenedRun) -> Self {
        let mut run = Self {
            opened_at: at,
            state: RunState::Running,
            ended_at: None,
            summary: String::new(),
            steps: Vec::new(),
            places: BTreeMap::new(),
            effects: BTreeMap::new(),
            reports: Vec::new(),
            replans: 0,
            approvals: Approvals::default(),
            added: BTreeSet::new(),
            oversteps: Vec::new(),
            breaks: Vec::new(),
            opened,
        };
        let steps = std::mem::take(&mut run.opened.plan.steps);
        run.add(steps);
        run
    }

    /// Carries it forward over one event of it.
    pub(crate) fn apply(&mut self, version: Version, at: Timestamp, event: RunEvent) {
        match event {
            RunEvent::Opened(_) => {}
            RunEvent::State { state, reason, .. } => {
                self.state = state;
                self.summary = reason;
            }
            RunEvent::ApprovalAsked { hash, reason, until } => {
                self.state = RunState::AwaitingApproval;
                let asked = Asked {
                    hash,
                    reason,
                    at,
                    until,
                };
                self.approvals.asked.push(asked);
            }
            RunEvent::Approved { hash, by } => {
                self.state = RunState::Running;
                self.approvals.give(hash, by, at, &self.steps);
            }
            RunEvent::Rejected { by, reason } => {
                self.state = RunState::Cancelling;
                self.approvals.rejected = true;
                self.summary = match &by {
                    Some(by) => format!("{by} rejected it: {reason}"),
                    None => reason,
                };
                self.approvals.rejected_by = by;
            }
            RunEvent::Replanned { digest, plan, .. } => {
                if self.opened.digest != digest {
                    self.forgive();
                }
                self.opened.digest = digest;
                self.replan(at, *plan);
            }
            RunEvent::Extended { steps } => {
                self.added.extend(steps.iter().map(|step| step.id.clone()));
                self.add(steps);
                self.approvals.count(&self.steps);
            }
            RunEvent::StepStarted { step, attempt, nodes } => {
                if let Some(record) = self.step_mut(&step) {
                    let fence = version.0;
                    record.start(at, attempt, StepState::Started { nodes, fence });
                }
            }
            RunEvent::StepEnded { step, end } => {
                if let Some(record) = self.step_mut(&step) {
                    record.end(at, end);
                }
            }
            RunEvent::Broke { step, reason } => {
                if let Some(record) = self.step_mut(&step) {
                    record.break_down(reason.clone());
                }
                if self.breaks.len() < MOST_MISDEEDS {
                    self.breaks.push((step, reason));
                }
            }
            RunEvent::Intended(intent) => {
                let effect = Effect {
                    calling: None,
                    starts: 0,
                    fence: 0,
                    undo: intent.undo.is_some().then_some(UndoState::Open(None)),
                    intent: *intent,
                    intended_at: at,
                    command: None,
                    doubt: None,
                    result: None,
                    ended_at: None,
                };
                self.effects.insert(number_of(&effect.intent.effect), effect);
            }
            RunEvent::Taken { effect, command } => {
                if let Some(effect) = self.effects.get_mut(&number_of(&effect)) {
                    effect.command = Some(command);
                }
            }
            RunEvent::Calling { effect, part } => {
                if let Some(effect) = self.effects.get_mut(&number_of(&effect)) {
                    effect.calling = Some((part, at));
                    effect.starts += u32::from(part == Part::Start);
                    effect.fence = version.0;
                }
            }
            RunEvent::Undone { effect, how } => {
                if let Some(effect) = self.effects.get_mut(&number_of(&effect)) {
                    effect.undo = Some(UndoState::Done(how, at));
                }
            }
            RunEvent::UndoFails { effect, reason } => {
                if let Some(effect) = self.effects.get_mut(&number_of(&effect)) {
                    effect.undo = Some(UndoState::Open(Some(reason)));
                }
            }
            RunEvent::Blocked { step, blocks } => {
                if let Some(record) = self.step_mut(&step) {
                    record.blocked_since = match (blocks.is_empty(), record.blocked_since) {
                        (true, _) => None,
                        (false, since) => since.or(Some(at)),
                    };
                    record.blocks = blocks;
                }
            }
            RunEvent::Overstepped { step, reason } => {
                if self.oversteps.len() < MOST_MISDEEDS {
                    self.oversteps.push((step, reason));
                }
            }
            RunEvent::NodesTaken { step, nodes: taken } => {
                if let Some(StepState::Started { nodes, .. }) =
                    self.step_mut(&step).map(|record| &mut record.state)
                {
                    nodes.extend(taken);
                }
            }
            RunEvent::NodesLeft { step, nodes: left } => {
                if let Some(StepState::Started { nodes, .. }) =
                    self.step_mut(&step).map(|record| &mut record.state)
                {
                    nodes.retain(|node| !left.contains(node));
                }
            }
            RunEvent::InDoubt { effect, reason } => {
                if let Some(effect) = self.effects.get_mut(&number_of(&effect)) {
                    effect.doubt = Some(reason);
                }
            }
            RunEvent::Ended { effect, result } => {
                if let Some(effect) = self.effects.get_mut(&number_of(&effect)) {
                    effect.result = Some(result);
                    effect.ended_at = Some(at);
                }
            }
            RunEvent::Closed {
                state,
                summary,
                goals,
            } => {
                self.state = state;
                self.summary = summary;
                self.reports = goals;
                self.ended_at = Some(at);
                self.forget_bodies();
            }
        }
    }

    /// The step of this id.
    pub(crate) fn step(&self, id: &str) -> Option<&StepRecord> {
        self.steps.get(*self.places.get(id)?)
    }

    fn step_mut(&mut self, id: &str) -> Option<&mut StepRecord> {
        self.steps.get_mut(*self.places.get(id)?)
    }

    /// The effect of this id.
    pub(crate) fn effect(&self, id: &EffectId) -> Option<&Effect> {
        self.effects
            .get(&number_of(id))
            .filter(|effect| effect.intent.effect == *id)
    }

    /// Effects of one step that have not come to their end.
    pub(crate) fn open_effects<'a>(&'a self, step: &'a str) -> impl Iterator<Item = &'a Effect> {
        self.effects
            .values()
            .filter(move |effect| effect.result.is_none() && effect.intent.step == step)
    }

    /// Effects of one step whose undo is open.
    pub(crate) fn open_undos<'a>(&'a self, step: &'a str) -> impl Iterator<Item = &'a Effect> {
        self.effects
            .values()
            .filter(move |effect| effect.has_open_undo() && effect.intent.step == step)
    }

    /// The id of its next effect.
    pub(crate) fn next_effect(&self) -> EffectId {
        let number = self.effects.keys().next_back().map_or(1, |last| last + 1);
        EffectId(format!("{}/{number}", self.opened.run))
    }

    fn add(&mut self, steps: Vec<Step>) {
        for step in steps {
            if self.places.contains_key(&step.id) {
                continue;
            }
            self.places.insert(step.id.clone(), self.steps.len());
            self.steps.push(StepRecord::new(step));
        }
    }

    /// Another component carries on: what the one before it did is not counted against it.
    fn forgive(&mut self) {
        for record in &mut self.steps {
            record.broken_attempts = 0;
        }
    }

    /// Puts a new plan in the place of what is not done. What was begun and not ended stays, and is carried to its end.
    fn replan(&mut self, at: Timestamp, mut plan: ringkeeper_journal::FrozenPlan) {
        self.replans += 1;
        let wanted: Vec<Step> = std::mem::take(&mut plan.steps);
        for record in &mut self.steps {
            let is_wanted = wanted.iter().any(|step| step.id == record.step.id);
            let replaced = match record.state {
                StepState::Pending { .. } => !is_wanted,
                // A failure under the old plan is judged anew under the new one.
                StepState::Failed(_) => true,
                _ => false,
            };
            if replaced {
                record.state = StepState::Skipped("the run was planned anew".to_owned());
                record.ended_at = Some(at);
            }
        }
        // A step that was skipped or failed and is wanted again begins anew.
        for step in &wanted {
            if let Some(record) = self.step_mut(&step.id)
                && matches!(record.state, StepState::Skipped(_))
            {
                record.step = step.clone();
                record.ended_at = None;
                record.broken_attempts = 0;
                record.state = StepState::Pending {
                    until: None,
                    reasons: Vec::new(),
                };
            }
        }
        self.add(wanted);
        self.added.clear();
        self.opened.plan = plan;
        self.approvals.count(&self.steps);
        // What was asked for is not what there is to do any more.
        if self.state == RunState::AwaitingApproval {
            self.state = RunState::Running;
        }
    }

    /// An ended run is only looked at: what only its steps needed goes.
    fn forget_bodies(&mut self) {
        for record in &mut self.steps {
            record.step.body = String::new();
        }
        self.opened.plan.findings = Vec::new();
    }
}

/// The number behind the last `/`; 0 where there is none, which no effect has.
pub(crate) fn number_of(effect: &EffectId) -> u64 {
    effect
        .0
        .rsplit_once('/')
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0)
}
