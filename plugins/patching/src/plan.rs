//! From a look at the cluster to steps: one a node, in waves.

mod findings;
mod reason;
mod waves;

use std::collections::BTreeSet;

use ringkeeper_sdk::prelude::*;

use crate::body::Body;
use crate::parameters::Parameters;
use crate::select::select;
use crate::words::count;
use crate::world::{Node, Presence, World};

/// Seconds that a small node takes to drain, stop, start and join its peers. A large one takes longer: nothing here
/// tells how much it has to read again.
const RESTART_SECONDS: u64 = 60;
/// What every step of this plugin is called, before the node.
const STEP: &str = "restart-";

/// Plans the restart of the nodes that the parameters mean.
///
/// # Errors
/// When the parameters do not fit together or to the cluster.
pub(crate) fn plan(
    world: &World,
    parameters: &Parameters,
    already_done: &[String],
) -> Result<Plan<Body>, Refusal> {
    parameters.check()?;
    let mut chosen = select(world, parameters)?;
    chosen.retain(|node| !is_done(node, already_done));
    let waves = waves::waves(&chosen, parameters.at_once);
    let mut steps: Vec<Step<Body>> = Vec::with_capacity(chosen.len());
    let mut before: Vec<String> = Vec::new();
    for wave in &waves {
        let wave: Vec<Step<Body>> = wave
            .iter()
            .map(|node| step(world, node, parameters, &before))
            .collect();
        before = wave.iter().map(|step| step.id.clone()).collect();
        steps.extend(wave);
    }
    Ok(Plan {
        title: title(&chosen, parameters),
        findings: findings::findings(world, &chosen),
        steps,
        goals: Vec::new(),
    })
}

/// Whether a step of this run restarted the node already, whichever process it was that went.
fn is_done(node: &Node, already_done: &[String]) -> bool {
    let begins = format!("{STEP}{}-", node.id);
    already_done.iter().any(|id| id.starts_with(&begins))
}

fn step(world: &World, node: &Node, parameters: &Parameters, before: &[String]) -> Step<Body> {
    // Of the node and its process, so that another plan knows the step again while it is still to be done.
    let process = node.seen.process;
    let id = process.map_or_else(|| "unknown".to_owned(), |process| process.to_string());
    let id = format!("{STEP}{}-{id}", node.id);
    let (verb, seconds) = match node.seen.presence {
        Presence::Down(_) => ("start", RESTART_SECONDS / 2),
        Presence::Answers | Presence::Silent(_) => ("restart", RESTART_SECONDS),
    };
    let title = format!("{verb} {} ({}/{})", node.address, node.data_centre, node.rack);
    let body = Body {
        node: node.id.clone(),
        address: node.address.clone(),
        process,
        fresh_from: parameters
            .if_started_before
            .as_ref()
            .map(|moment| moment.timestamp()),
        soak_seconds: parameters.soak_seconds,
        wait_seconds: parameters.wait_seconds,
    };
    let mut step = Step::new(id, title, reason::of(world, node, parameters), body)
        .touching([node.id.clone()])
        .calling("lifecycle.stop", Impact::Disrupt)
        .calling("lifecycle.start", Impact::Disrupt);
    step.after = before.to_vec();
    step.estimate_seconds = Some(seconds + u64::from(parameters.soak_seconds));
    step
}

fn title(chosen: &[&Node], parameters: &Parameters) -> String {
    if chosen.is_empty() {
        return "no node is to be restarted".to_owned();
    }
    let racks: BTreeSet<(&str, &str)> = chosen
        .iter()
        .map(|node| (node.data_centre.as_str(), node.rack.as_str()))
        .collect();
    let pace = match parameters.at_once {
        1 => "one after another".to_owned(),
        several => format!("up to {several} of a rack at once"),
    };
    format!(
        "restart {} in {}, {pace}",
        count(chosen.len(), "node"),
        count(racks.len(), "rack")
    )
}

#[cfg(test)]
mod tests;
