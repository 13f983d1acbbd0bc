//! Starts a step: whether it still may is decided in the transaction that takes its nodes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_guard::{Policy, Rule};
use ringkeeper_journal::{RunEvent, RunId, RunState};
use ringkeeper_plan::Impact;
use ringkeeper_seams::Timestamp;

use super::Book;
use super::approving::outdated;
use super::foreign::Said;
use super::guarding::Facts;
use super::run::{Run, StepState};

/// What a start is decided on, besides the book.
pub(super) struct Ground<'a> {
    /// The look that admission decided on; for what takes a node away, one made for the purpose.
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) said: &'a BTreeMap<NodeId, Said>,
    pub(super) now: Timestamp,
    pub(super) sweep_every: Duration,
    pub(super) policy: &'a Policy,
}

impl Ground<'_> {
    /// The event that starts the step and takes its nodes; none where it may not start any more. The book is the newest:
    /// what somebody else wrote meanwhile may have taken nodes, or turned the world, so the guard has the last word here.
    pub(super) fn start(&self, book: &Book, run: &RunId, step: &str) -> Option<RunEvent> {
        let run = book.run(run)?;
        let record = run.step(step)?;
        let is_pending = matches!(record.state, StepState::Pending { .. });
        let is_frozen = book.frozen.is_some() && record.step.impact > Impact::Observe;
        if !is_underway(run.state) || !is_pending || is_frozen || self.is_outdated(run) {
            return None;
        }
        let held = book.held();
        if !self.policy.omitted.contains(&Rule::Leases)
            && record.held_when_started().iter().any(|node| held.contains(node))
        {
            return None;
        }
        if record.step.impact > Impact::Observe {
            let facts = Facts::gather(book, self.snapshot, self.said, self.now, self.sweep_every);
            if !facts.blocks(run, record, None, self.policy).is_empty() {
                return None;
            }
        }
        Some(RunEvent::StepStarted {
            step: step.to_owned(),
            attempt: record.attempt + 1,
            nodes: record.held_when_started().to_vec(),
        })
    }

    /// Whether a run that was approved is about to begin in another world than that.
    fn is_outdated(&self, run: &Run) -> bool {
        is_about_to_begin(run) && outdated(run, self.snapshot).is_some()
    }
}

/// Whether steps of a run may be put before the guard. One that waits for a person's word is: it is the guard that holds it.
pub(super) const fn is_underway(state: RunState) -> bool {
    matches!(state, RunState::Running | RunState::AwaitingApproval)
}

/// Whether a run was approved and nothing of it has begun.
pub(super) fn is_about_to_begin(run: &Run) -> bool {
    !run.approvals.given.is_empty() && run.steps.iter().all(|record| record.attempt == 0)
}
