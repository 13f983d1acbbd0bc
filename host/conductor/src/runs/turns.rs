//! Whose turn it is: a run that others keep from its nodes for long gets a step done all the same, however urgent they are.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use ringkeeper_guard::{Block, Rule};
use ringkeeper_journal::RunId;
use ringkeeper_seams::Timestamp;

use super::deadline::is_about_security;
use super::run::Run;

/// A step that others kept from its nodes for so long has the next turn there.
pub(super) const LONG_WAIT: Duration = Duration::from_secs(30 * 60);

/// The step of a run that the work of other runs keeps from its nodes. It is forgotten with the host: then the step waits
/// so long once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(super) step: String,
    pub(super) since: Timestamp,
}

impl Kept {
    /// Whether it has the next turn.
    pub(super) fn has_turn(&self, now: Timestamp) -> bool {
        now.since(self.since) > LONG_WAIT
    }
}

/// Notes that a step is kept from its nodes. Of several steps of a run the one that was noted before stays, else the first.
pub(super) fn note(
    kept: &mut BTreeMap<RunId, Kept>,
    before: &BTreeMap<RunId, Kept>,
    run: &RunId,
    step: &str,
    now: Timestamp,
) {
    match before.get(run).filter(|before| before.step == step) {
        Some(before) => {
            kept.insert(run.clone(), before.clone());
        }
        None => {
            kept.entry(run.clone()).or_insert_with(|| Kept {
                step: step.to_owned(),
                since: now,
            });
        }
    }
}

/// Whether a step waits for nothing but other work.
pub(super) fn waits_for_work(blocks: &[Block]) -> bool {
    blocks.iter().all(|block| block.rule == Rule::Leases)
}

/// The step that comes first on a node.
pub(super) struct First {
    pub(super) run: RunId,
    pub(super) step: String,
    /// Since when others kept it from its nodes, where that is why.
    pub(super) kept_since: Option<Timestamp>,
}

impl First {
    /// Whether a run waits for it. Nobody's turn comes before what is about security.
    pub(super) fn comes_before(&self, run: &Run) -> bool {
        self.run != run.opened.run && (self.kept_since.is_none() || !is_about_security(run))
    }
}

impl fmt::Display for First {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            run,
            step,
            kept_since,
        } = self;
        write!(f, "step {step} of {run} comes first on one of its nodes")?;
        kept_since.map_or(Ok(()), |since| {
            write!(f, ", as others kept it from them since {since}")
        })
    }
}
