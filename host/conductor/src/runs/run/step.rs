//! One step of a run as its events tell it.

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{NotedBlock, StepEnd};
use ringkeeper_plan::{Impact, Step};
use ringkeeper_seams::Timestamp;

/// A step over more nodes than this takes them one by one as it goes.
const MOST_NODES_AT_ONCE: usize = 10;

/// Whether a step over so many nodes takes them one by one as it goes.
pub(in crate::runs) const fn is_wide(nodes: usize) -> bool {
    nodes > MOST_NODES_AT_ONCE
}

/// A step and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct StepRecord {
    pub(crate) step: Step,
    pub(crate) state: StepState,
    /// Counts attempts; 0 before the first.
    pub(crate) attempt: u32,
    /// When its first attempt began.
    pub(crate) first_started_at: Option<Timestamp>,
    /// When its last attempt began.
    pub(crate) started_at: Option<Timestamp>,
    /// When its last attempt ended.
    pub(crate) ended_at: Option<Timestamp>,
    /// What the guard has against it, as far as that was noted, and since when it has anything.
    pub(crate) blocks: Vec<NotedBlock>,
    pub(crate) blocked_since: Option<Timestamp>,
    /// How the plugin broke in the attempt that goes on; it is not called again in it.
    pub(crate) broken: Option<String>,
    /// Attempts in a row that it broke in.
    pub(crate) broken_attempts: u32,
}

impl StepRecord {
    /// A step that was never begun.
    pub(super) const fn new(step: Step) -> Self {
        Self {
            step,
            state: StepState::Pending {
                until: None,
                reasons: Vec::new(),
            },
            attempt: 0,
            first_started_at: None,
            started_at: None,
            ended_at: None,
            blocks: Vec::new(),
            blocked_since: None,
            broken: None,
            broken_attempts: 0,
        }
    }

    /// An attempt at it begins.
    pub(super) fn start(&mut self, at: Timestamp, attempt: u32, state: StepState) {
        self.attempt = attempt;
        self.first_started_at.get_or_insert(at);
        self.started_at = Some(at);
        self.ended_at = None;
        self.blocks = Vec::new();
        self.blocked_since = None;
        self.broken = None;
        self.state = state;
    }

    /// Its plugin broke in the attempt that goes on.
    pub(super) fn break_down(&mut self, how: String) {
        if self.broken.is_none() {
            self.broken_attempts = self.broken_attempts.saturating_add(1);
        }
        self.broken = Some(how);
    }

    /// The attempt that goes on has ended. One in which the plugin did not break ends the row of those in which it did.
    pub(super) fn end(&mut self, at: Timestamp, end: StepEnd) {
        if self.broken.take().is_none() {
            self.broken_attempts = 0;
        }
        self.ended_at = Some(at);
        self.state = match end {
            StepEnd::Done { summary } => StepState::Done(summary),
            StepEnd::Failed { message } => StepState::Failed(message),
            StepEnd::Skipped { reason } => StepState::Skipped(reason),
            StepEnd::Postponed { reasons, until } => StepState::Pending {
                until: Some(until),
                reasons,
            },
        };
    }

    /// Whether it takes its nodes one by one as it goes.
    pub(crate) const fn is_wide(&self) -> bool {
        is_wide(self.step.nodes.len())
    }

    /// The nodes it holds from its start on.
    pub(crate) fn held_when_started(&self) -> &[NodeId] {
        if self.step.impact == Impact::Observe || self.is_wide() {
            return &[];
        }
        &self.step.nodes
    }
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StepState {
    /// Not begun, or put off until a moment.
    Pending {
        /// Not before; none where it was never begun.
        until: Option<Timestamp>,
        /// Why it was put off.
        reasons: Vec<String>,
    },
    /// An attempt goes on, and holds these nodes.
    Started {
        /// The nodes.
        nodes: Vec<NodeId>,
        /// The version of the stream at which it took them.
        fence: u64,
    },
    /// Done.
    Done(String),
    /// Failed.
    Failed(String),
    /// Never done.
    Skipped(String),
}

impl StepState {
    pub(crate) const fn is_end(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_) | Self::Skipped(_))
    }
}
