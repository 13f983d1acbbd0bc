//! Nothing that needs a person's word is done without it.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_guard::Consent;
use ringkeeper_journal::{Call, RunEvent, RunId};
use ringkeeper_plan::Impact;

use super::{Checker, Scene};
use crate::log::Line;

pub(super) const NAME: &str = "approved";

#[derive(Debug, Default)]
pub(super) struct Approved {
    runs: BTreeMap<RunId, Word>,
}

/// How a run stands with a person's word, by the log alone.
#[derive(Debug, Default)]
struct Word {
    operation: String,
    /// What may be approved.
    open: BTreeSet<String>,
    /// What is asked for and was not given yet.
    asked: Option<String>,
    is_given: bool,
}

impl Checker for Approved {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        let (run, what) = line.of_run()?;
        let word = self.runs.entry(run.clone()).or_default();
        match what {
            RunEvent::Opened(opened) => {
                word.operation.clone_from(&opened.operation);
                word.open = BTreeSet::from([opened.plan.hash.clone()]);
                None
            }
            RunEvent::Replanned { .. } => {
                word.open.clear();
                word.asked = None;
                None
            }
            RunEvent::ApprovalAsked { hash, .. } => {
                word.open = BTreeSet::from([hash.clone()]);
                word.asked = Some(hash.clone());
                None
            }
            RunEvent::Approved { hash, .. } => {
                word.asked = None;
                word.is_given = true;
                // It is used up with it.
                let was_open = word.open.remove(hash);
                (!was_open).then(|| {
                    format!("run {run} was approved by the hash {hash}, which it does not wait with")
                })
            }
            RunEvent::StepStarted { step, .. } => {
                let impact = scene.taken.steps.get(&(run.clone(), step.clone()))?.impact;
                let asked = word.asked.as_ref().filter(|_| impact > Impact::Observe)?;
                Some(format!(
                    "step {step} of run {run} began while a person is asked to approve {asked}"
                ))
            }
            RunEvent::Intended(intent) => {
                let impact = match &intent.call {
                    Call::Repair { .. } | Call::Flush { .. } => Impact::Change,
                    Call::Drain | Call::Stop | Call::Start => Impact::Disrupt,
                    Call::Tool { order } if order.dry_run => Impact::Observe,
                    Call::Tool { order } => ringkeeper_tools::find(&order.tool).ok()?.impact,
                };
                let place = scene.places.name(intent.node);
                match scene.scenario.policy.approval.consent(&word.operation, impact) {
                    Consent::Auto => None,
                    Consent::Ask if word.is_given => None,
                    Consent::Ask => Some(format!(
                        "run {run} of {} does to {place} what needs a person's word, and has none",
                        word.operation
                    )),
                    Consent::Deny => Some(format!(
                        "run {run} of {} does to {place} what is denied",
                        word.operation
                    )),
                }
            }
            _ => None,
        }
    }
}
