//! From the world to a plan, without asking anybody.

mod check;
mod draft;
mod findings;
mod group;
mod load;
mod order;
mod steps;

use std::collections::BTreeSet;

use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::{RepairGoal, TableName};

use crate::body::Body;
use crate::parameters::Parameters;
use crate::plan::draft::{Draft, Drafting, LAST_LEVEL};
use crate::plan::group::Grouped;
use crate::select::data_centres;
use crate::settings::Settings;
use crate::words::{count, duration};
use crate::world::World;

/// Steps of a plan at most, when there is a way to have fewer.
const MOST_STEPS: usize = 20_000;
/// Bytes of a plan at most, as the host counts what it is handed. It takes 8 MiB.
const MOST_BYTES: usize = 7 << 20;

/// Bytes of a goal, with names of the usual length.
const GOAL_BYTES: usize = 160;

/// The plan of a full repair.
///
/// # Errors
/// When the parameters do not fit, when the plan would be too long for the host, and when it would not repair every
/// range, which is a defect.
pub(crate) fn plan(
    world: &World,
    parameters: &Parameters,
    settings: &Settings,
    already_done: &[String],
) -> Result<Plan<Body>, Refusal> {
    let mut known: Vec<&str> = world.nodes.iter().map(|node| node.data_centre.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    let data_centres = data_centres(parameters, &known)?;
    let maps: Vec<Grouped> = world
        .maps
        .iter()
        .map(|map| Grouped::new(map, &world.nodes, &data_centres))
        .collect();
    let drafting = Drafting::new(world, &maps, parameters, settings);

    let goals = goals(world, &maps, &data_centres);
    let (drafts, level) = fitting(&drafting, goals.len())?;
    check::every_range_of_every_table(world, &maps, &drafts)?;
    let drafts = order::few_wait(drafts);
    let steps = steps::steps(world, &drafts, parameters, &data_centres);
    let planned = steps.len();
    let done: BTreeSet<&str> = already_done.iter().map(String::as_str).collect();
    let steps: Vec<_> = steps
        .into_iter()
        .filter(|step| !done.contains(step.id.as_str()))
        .collect();
    Ok(Plan {
        title: title(&steps, planned),
        findings: findings::findings(world, &maps, &drafts, &data_centres, level > 0),
        steps,
        goals,
    })
}

/// The finest drafts of which the plan is not too long, and how coarse they are.
fn fitting(drafting: &Drafting<'_>, goals: usize) -> Result<(Vec<Draft>, u32), Refusal> {
    for level in 0..=LAST_LEVEL {
        let Some(drafts) = drafting.drafts(level, MOST_STEPS) else {
            continue;
        };
        let bytes: usize = drafts.iter().map(|draft| drafting.bytes(draft)).sum();
        if bytes + goals * GOAL_BYTES <= MOST_BYTES {
            return Ok((drafts, level));
        }
    }
    let message = "The plan would be longer than the host takes, even in the largest steps. Repair keyspace by \
                   keyspace, with the parameter `keyspaces`, or one data centre, with `data_centres`.";
    Err(Refusal::new(Fault::Precondition, message))
}

/// Every table of which some range has two replicas or more.
fn goals(world: &World, maps: &[Grouped], data_centres: &[String]) -> Vec<Goal> {
    let replicated = world
        .chosen
        .iter()
        .filter(|chosen| maps.get(chosen.map).is_some_and(|map| !map.groups.is_empty()));
    replicated
        .flat_map(|chosen| {
            chosen.tables.iter().map(|table| {
                Goal::Repaired(RepairGoal {
                    table: TableName {
                        keyspace: chosen.keyspace.clone(),
                        table: table.name.clone(),
                    },
                    data_centres: data_centres.to_vec(),
                    since: None,
                })
            })
        })
        .collect()
}

/// One line: how many steps are left of how many, and how long they take.
fn title(left: &[Step<Body>], planned: usize) -> String {
    if planned == 0 {
        return "nothing to repair: no range of these tables has a second replica".to_owned();
    }
    let estimates = left.iter().filter_map(|step| step.estimate_seconds);
    let seconds = estimates.fold(0, u64::saturating_add);
    let done = match planned - left.len() {
        0 => String::new(),
        done => format!(", {done} done already"),
    };
    format!(
        "repair in {}, {} of work{done}",
        count(left.len(), "step"),
        duration(seconds)
    )
}

#[cfg(test)]
mod tests;
