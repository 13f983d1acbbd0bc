//! Which nodes are meant.

use ringkeeper_sdk::naming;
use ringkeeper_sdk::prelude::*;

use crate::nearest::unknown;
use crate::parameters::Parameters;
use crate::world::{Node, Presence, World};

/// The nodes that the parameters mean, in the order of the world.
///
/// # Errors
/// When no node is known; when a node, data centre or rack does not exist, a beginning fits several nodes, or the parameters leave no node of
/// those they name.
pub(crate) fn select<'w>(world: &'w World, parameters: &Parameters) -> Result<Vec<&'w Node>, Refusal> {
    if world.nodes.is_empty() {
        let message = "The host knows no node of this cluster: none of its contact points has answered yet.";
        return Err(Refusal::new(Fault::Precondition, message));
    }
    check_data_centres(world, &parameters.data_centres)?;
    check_racks(world, &parameters.racks)?;
    let named = named(world, &parameters.nodes)?;
    let chosen: Vec<&Node> = world
        .nodes
        .iter()
        .filter(|node| parameters.nodes.is_empty() || named.contains(&node.id.as_str()))
        .filter(|node| {
            parameters.data_centres.is_empty() || parameters.data_centres.contains(&node.data_centre)
        })
        .filter(|node| parameters.racks.is_empty() || parameters.racks.iter().any(|rack| is_rack(node, rack)))
        .collect();
    if chosen.is_empty() {
        let message = "No node is left: `nodes`, `data_centres` and `racks` name nothing together.";
        return Err(Refusal::new(Fault::InvalidParameters, message));
    }
    let before = parameters.if_started_before.as_ref();
    let is_meant = |node: &&Node| before.is_none_or(|moment| started_before(node, moment.timestamp()));
    Ok(chosen.into_iter().filter(is_meant).collect())
}

/// Whether its process started before this moment, or may have: one that is down is to be started, and of one that never
/// said so nobody knows.
fn started_before(node: &Node, moment: Timestamp) -> bool {
    let is_down = matches!(node.seen.presence, Presence::Down(_));
    is_down || node.seen.process.is_none_or(|process| process < moment)
}

fn check_data_centres(world: &World, names: &[String]) -> Result<(), Refusal> {
    let known = || distinct(world.nodes.iter().map(|node| node.data_centre.clone()));
    match names
        .iter()
        .find(|name| world.nodes.iter().all(|node| node.data_centre != **name))
    {
        Some(name) => Err(unknown("data centre", name, known().iter().map(String::as_str))),
        None => Ok(()),
    }
}

fn check_racks(world: &World, names: &[String]) -> Result<(), Refusal> {
    let known = || {
        distinct(
            world
                .nodes
                .iter()
                .map(|node| format!("{}/{}", node.data_centre, node.rack)),
        )
    };
    match names
        .iter()
        .find(|name| !world.nodes.iter().any(|node| is_rack(node, name)))
    {
        Some(name) => Err(unknown("rack", name, known().iter().map(String::as_str))),
        None => Ok(()),
    }
}

fn is_rack(node: &Node, name: &str) -> bool {
    let in_its_data_centre = || name.strip_prefix(&node.data_centre)?.strip_prefix('/');
    node.rack == name || in_its_data_centre() == Some(&node.rack)
}

/// Host ids of the nodes named.
fn named<'w>(world: &'w World, names: &[String]) -> Result<Vec<&'w str>, Refusal> {
    names
        .iter()
        .map(|name| naming::node(&world.nodes, name).map(|node| node.id.as_str()))
        .collect()
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: std::collections::BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests;
