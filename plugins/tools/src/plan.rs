//! From what a person asked for to one step.

use ringkeeper_sdk::cluster::Node;
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::tool_catalogue::{Argument, Checked};
use ringkeeper_sdk::tools::Intent;
use ringkeeper_sdk::words::list_of;

use crate::parameters::Parameters;

/// More tools than this are no help.
const MOST_SHOWN: usize = 20;
/// Seconds that a small node takes to drain, stop, start and join its peers.
const RESTART_SECONDS: u64 = 60;

/// What the step keeps for its execution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The node's host id.
    pub(crate) node: NodeId,
    /// Its address as planned, for people.
    pub(crate) address: String,
    /// The tool.
    pub(crate) tool: String,
    /// Names and values.
    pub(crate) arguments: Vec<(String, String)>,
    /// How it is meant.
    pub(crate) meant: Meant,
    /// Whether the node is stopped for it.
    pub(crate) stops: bool,
}

/// How the tool is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Meant {
    /// It cannot destroy anything, and is run.
    Harmless,
    /// It only says what it would do.
    DryRun,
    /// It is run although it can destroy something.
    ForReal,
}

impl Body {
    /// As the host takes it.
    pub(crate) fn intent(&self) -> Intent {
        match self.meant {
            Meant::Harmless => Intent::Careful,
            Meant::DryRun => Intent::DryRun,
            Meant::ForReal => Intent::ForReal,
        }
    }
}

/// What the catalogue has against the call.
pub(crate) fn refused(error: Error) -> Refusal {
    match error {
        Error::NotFound(why) | Error::Invalid(why) => Refusal::new(
            Fault::InvalidParameters,
            format!("{why}. `ringkeeper tool explain` says what a tool takes."),
        ),
        error => error.into(),
    }
}

/// One step that runs the tool, as far as it is meant.
///
/// # Errors
/// When it can destroy something, cannot say what it would do, and nobody said that it is meant.
pub(crate) fn plan(
    node: &Node,
    parameters: &Parameters,
    arguments: Vec<Argument>,
    checked: &Checked,
    already_done: &[String],
) -> Result<Plan<Body>, Refusal> {
    let meant = meant(parameters, checked)?;
    let words: String = arguments
        .iter()
        .map(|argument| format!(" {}={}", argument.name, argument.value))
        .collect();
    let stops = checked.needs_stopped_node && meant != Meant::DryRun;
    let title = match (meant, stops) {
        (Meant::DryRun, _) => format!("dry run of {}{words} on {}", parameters.tool, node.address),
        (_, false) => format!("{}{words} on {}", parameters.tool, node.address),
        (_, true) => format!("{}{words} on {}, stopped for it", parameters.tool, node.address),
    };
    let body = Body {
        node: node.id.clone(),
        address: node.address.clone(),
        tool: parameters.tool.clone(),
        arguments: arguments
            .into_iter()
            .map(|argument| (argument.name, argument.value))
            .collect(),
        meant,
        stops,
    };
    let id = format!("{}-{}", parameters.tool, node.id);
    let mut steps = Vec::new();
    if !already_done.contains(&id) {
        let reason = reason(parameters, meant, stops);
        steps.push(step(id, &title, reason, body, checked));
    }
    Ok(Plan {
        title,
        findings: findings(node, parameters, meant, checked),
        steps,
        goals: Vec::new(),
    })
}

fn meant(parameters: &Parameters, checked: &Checked) -> Result<Meant, Refusal> {
    match (parameters.dry_run, parameters.really, checked.is_for_real_only) {
        (true, true, _) => Err(Refusal::new(
            Fault::InvalidParameters,
            "`dry_run` and `really` are both said; one of them is meant.",
        )),
        (true, false, _) => Ok(Meant::DryRun),
        (false, _, false) => Ok(Meant::Harmless),
        (false, true, true) => Ok(Meant::ForReal),
        (false, false, true) if checked.has_dry_run => Ok(Meant::DryRun),
        (false, false, true) => {
            let tool = &parameters.tool;
            let look = match checked.look_first.as_slice() {
                [] => String::new(),
                tools => format!(" Look first with: {}.", list_of(tools, MOST_SHOWN)),
            };
            let message = format!(
                "{tool} can break something and cannot say what it would do, so it is run only where that is said to be \
                 meant: `--really`, or the parameter `really`.{look}"
            );
            let refusal = Refusal::new(Fault::Precondition, message);
            Err(checked.risks.iter().fold(refusal, |refusal, risk| {
                refusal.with(ringkeeper_sdk::Evidence {
                    name: "can break".to_owned(),
                    value: risk.clone(),
                    limit: None,
                })
            }))
        }
    }
}

/// Why it is run in this way.
fn reason(parameters: &Parameters, meant: Meant, stops: bool) -> String {
    let how = match meant {
        Meant::DryRun if parameters.dry_run => "a dry run is asked for",
        Meant::DryRun => "it can break something, so it says first what it would do",
        Meant::ForReal => "it can break something, and `really` says that this is meant",
        Meant::Harmless => "it is asked for, and breaks nothing",
    };
    match stops {
        true => format!("{how}; it needs the node stopped"),
        false => how.to_owned(),
    }
}

fn step(id: String, title: &str, reason: String, body: Body, checked: &Checked) -> Step<Body> {
    let impact = match body.meant {
        Meant::DryRun => Impact::Observe,
        Meant::Harmless | Meant::ForReal => checked.impact,
    };
    let stops = body.stops;
    let step = Step::new(id, title, reason, body);
    let node = step.body.node.clone();
    let mut step = match stops {
        true => step
            .calling("lifecycle.stop", Impact::Disrupt)
            .calling("tools.run", impact)
            .calling("lifecycle.start", Impact::Disrupt),
        false => step.calling("tools.run", impact),
    };
    step.estimate_seconds = stops.then_some(RESTART_SECONDS);
    step.touching([node])
}

/// What whoever judges the plan should know.
fn findings(node: &Node, parameters: &Parameters, meant: Meant, checked: &Checked) -> Vec<Finding> {
    let tool = &parameters.tool;
    let about = |finding: Finding| finding.about(Subject::Node(node.id.clone()), Owner::Unknown);
    if meant == Meant::DryRun {
        let only = checked.is_for_real_only && !parameters.dry_run;
        let title = format!("{tool} can break something, so it only says what it would do.");
        let finding = Finding::new(Severity::Info, format!("dry-run/{tool}"), title)
            .suggest("Say `--really`, or the parameter `really`, to have it run.");
        return only.then(|| about(finding)).into_iter().collect();
    }
    let risks = checked.risks.iter().zip(1..);
    let finding = |(risk, number): (&String, u32)| {
        let key = format!("can-break/{tool}/{number}");
        about(Finding::new(Severity::Advice, key, risk.clone()))
    };
    risks.map(finding).collect()
}

#[cfg(test)]
mod tests;
