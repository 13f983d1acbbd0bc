//! How a run stands with a person's word: what was asked for, what was given, and how far that reaches.

use std::collections::BTreeSet;

use ringkeeper_cluster::NodeId;
use ringkeeper_guard::{Approval, Consent, Policy};
use ringkeeper_journal::RunState;
use ringkeeper_plan::{Impact, Step};
use ringkeeper_seams::Timestamp;
use serde_json::json;

use super::closing::count_of;
use super::run::{Run, StepRecord, StepState};
use crate::canonical::canonical_hash;

/// What was asked of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) hash: String,
    pub(crate) reason: String,
    pub(crate) at: Timestamp,
    pub(crate) until: Timestamp,
}

/// What a person approved.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) hash: String,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
    scope: Scope,
}

/// How a run stands with a person's word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Approvals {
    /// Everything that was asked for, the newest last.
    pub(crate) asked: Vec<Asked>,
    /// Everything that was given, the newest last: only that one counts.
    pub(crate) given: Vec<Given>,
    /// Whether the word was refused, or never came.
    pub(crate) rejected: bool,
    /// Who refused it.
    pub(crate) rejected_by: Option<String>,
    /// Why there are more steps than were approved; none where there are not.
    too_many: Option<String>,
}

impl Approvals {
    /// A person approves all that the run has before it, and has done.
    pub(super) fn give(&mut self, hash: String, by: String, at: Timestamp, steps: &[StepRecord]) {
        let scope = Scope::of(steps);
        self.too_many = None;
        self.given.push(Given { hash, by, at, scope });
    }

    /// Counts the steps again, after some were added or others took their place.
    pub(super) fn count(&mut self, steps: &[StepRecord]) {
        let given = self.given.last();
        self.too_many = given.and_then(|given| given.scope.too_many(steps));
    }

    /// Whether a person said no.
    pub(crate) const fn is_rejected_by_a_person(&self) -> bool {
        self.rejected_by.is_some()
    }

    /// What is asked for now, or was last.
    pub(crate) fn last_asked(&self) -> Option<&Asked> {
        self.asked.last()
    }

    /// What makes a step go beyond what was approved; none where it does not.
    fn beyond(&self, step: &Step) -> Option<String> {
        let Some(given) = self.given.last() else {
            return Some("nobody approved it yet".to_owned());
        };
        let what = given.scope.beyond(step).or_else(|| {
            let is_new = !given.scope.ids.contains(&step.id);
            self.too_many.clone().filter(|_| is_new)
        })?;
        Some(format!("it goes beyond what {} approved: {what}", given.by))
    }
}

/// What an approval reaches.
#[derive(Clone, Debug, Default)]
struct Scope {
    ids: BTreeSet<String>,
    /// What steps that change or disrupt may do.
    change: Bounds,
    /// What steps that disrupt may do.
    disrupt: Bounds,
}

#[derive(Clone, Debug, Default)]
struct Bounds {
    nodes: BTreeSet<NodeId>,
    functions: BTreeSet<String>,
    steps: usize,
}

impl Scope {
    fn of(steps: &[StepRecord]) -> Self {
        let mut scope = Self::default();
        for record in steps.iter().filter(|record| counts(record)) {
            let step = &record.step;
            scope.ids.insert(step.id.clone());
            if step.impact > Impact::Observe {
                scope.change.take_in(step);
            }
            if step.impact == Impact::Disrupt {
                scope.disrupt.take_in(step);
            }
        }
        scope
    }

    fn beyond(&self, step: &Step) -> Option<String> {
        let bounds = match step.impact {
            Impact::Observe => return None,
            Impact::Change => &self.change,
            Impact::Disrupt => &self.disrupt,
        };
        if bounds.steps == 0 {
            return Some(format!("step {} is of impact {}", step.id, step.impact));
        }
        if let Some(function) = step
            .functions
            .iter()
            .find(|name| !bounds.functions.contains(*name))
        {
            return Some(format!("step {} calls {function}", step.id));
        }
        let node = step.nodes.iter().find(|node| !bounds.nodes.contains(node))?;
        Some(format!("step {} touches node {node}", step.id))
    }

    fn too_many(&self, steps: &[StepRecord]) -> Option<String> {
        let now = Self::of(steps);
        let more = |approved: &Bounds, now: &Bounds, what: &str| {
            (now.steps > approved.steps).then(|| {
                let approved = count_of(approved.steps, "step");
                format!("{approved} that {what}, and there are {}", now.steps)
            })
        };
        more(&self.disrupt, &now.disrupt, "disrupt").or_else(|| more(&self.change, &now.change, "change"))
    }
}

impl Bounds {
    fn take_in(&mut self, step: &Step) {
        self.steps += 1;
        self.nodes.extend(step.nodes.iter().copied());
        self.functions.extend(step.functions.iter().cloned());
    }
}

/// What was never done, and never will be, takes up none of an approval.
fn counts(record: &StepRecord) -> bool {
    !matches!(record.state, StepState::Skipped(_))
}

/// How a step stands with a person's word.
pub(super) fn approval(run: &Run, record: &StepRecord, policy: &Policy) -> Approval {
    let (operation, impact) = (&run.opened.operation, record.step.impact);
    let (consent, line) = policy.approval.decided(operation, impact);
    // While its run waits, nothing of it begins; what goes on was approved before.
    let waits = run.state == RunState::AwaitingApproval && matches!(record.state, StepState::Pending { .. });
    match consent {
        Consent::Deny => Approval::Denied {
            reason: denied(&line, operation, impact),
        },
        Consent::Auto if !waits => Approval::Automatic,
        _ => match run.approvals.given.last() {
            Some(given) if !waits && run.approvals.beyond(&record.step).is_none() => Approval::Given {
                hash: given.hash.clone(),
            },
            _ => Approval::Missing {
                hash: match run.approvals.last_asked() {
                    Some(asked) if waits => asked.hash.clone(),
                    _ => run.opened.plan.hash.clone(),
                },
            },
        },
    }
}

/// That the policy does not allow a step.
pub(super) fn denied(line: &str, operation: &str, impact: Impact) -> String {
    format!("policy.approval.{line} denies steps of {operation} that {impact}")
}

/// Why a person is to be asked about steps that are in no run yet; none where nobody is.
pub(super) fn asked_for(policy: &Policy, operation: &str, steps: &[Step]) -> Option<String> {
    let strongest = |impact: Impact| {
        let (consent, line) = policy.approval.decided(operation, impact);
        let number = steps.iter().filter(|step| step.impact == impact).count();
        (consent == Consent::Ask && number > 0).then(|| {
            let steps = count_of(number, "step");
            let do_it = if number == 1 {
                format!("{impact}s")
            } else {
                impact.to_string()
            };
            format!("policy.approval.{line} asks for a person's word: {steps} {do_it}")
        })
    };
    strongest(Impact::Disrupt).or_else(|| strongest(Impact::Change))
}

/// Why the policy does not allow one of these steps; none where it allows all.
pub(super) fn refused(policy: &Policy, operation: &str, steps: &[Step]) -> Option<String> {
    steps.iter().find_map(|step| {
        let (consent, line) = policy.approval.decided(operation, step.impact);
        (consent == Consent::Deny).then(|| denied(&line, operation, step.impact))
    })
}

/// What a person must be asked about a run that goes on: the hash of it, and why; none where nothing is missing.
pub(super) fn missing(run: &Run, policy: &Policy) -> Option<(String, String)> {
    let asks = |impact| policy.approval.consent(&run.opened.operation, impact) == Consent::Ask;
    let (asks_to_change, asks_to_disrupt) = (asks(Impact::Change), asks(Impact::Disrupt));
    if run.state != RunState::Running || !(asks_to_change || asks_to_disrupt) {
        return None;
    }
    let mut pending = run
        .steps
        .iter()
        .filter(|record| matches!(record.state, StepState::Pending { .. }));
    let why = pending.find_map(|record| {
        let is_asked = match record.step.impact {
            Impact::Observe => false,
            Impact::Change => asks_to_change,
            Impact::Disrupt => asks_to_disrupt,
        };
        run.approvals.beyond(&record.step).filter(|_| is_asked)
    })?;
    let reason = if run.approvals.given.is_empty() {
        let steps: Vec<Step> = run.steps.iter().map(|record| record.step.clone()).collect();
        asked_for(policy, &run.opened.operation, &steps).unwrap_or(why)
    } else {
        why
    };
    Some((to_approve(run), reason))
}

/// What names all that is before a run: its plan, and the steps that were added to it since.
fn to_approve(run: &Run) -> String {
    let hash = &run.opened.plan.hash;
    if run.added.is_empty() {
        return hash.clone();
    }
    let added = run
        .steps
        .iter()
        .filter(|record| run.added.contains(&record.step.id));
    let added: Vec<_> = added
        .map(|record| {
            let step = &record.step;
            json!({
                "id": step.id, "nodes": step.nodes, "impact": step.impact,
                "after": step.after, "functions": step.functions, "body": step.body,
            })
        })
        .collect();
    canonical_hash(&json!({ "form": 1, "plan": hash, "added": added }))
}

/// What a run waits for, where that is a person's word.
pub(super) fn waiting(run: &Run) -> Option<String> {
    if run.state != RunState::AwaitingApproval {
        return None;
    }
    let asked = run.approvals.last_asked()?;
    Some(format!("a person's word, until {}", asked.until))
}
