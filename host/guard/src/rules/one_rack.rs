//! Disruptions are in one rack of a data centre at a time, over all runs.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::NodeView;

use crate::scene::{Scene, list};
use crate::{Block, Lease, Rule, WorkKind};

/// Blocks where more than one rack of a data centre would be disrupted.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    if !scene.disrupts() {
        return Vec::new();
    }
    let centres = scene.by_centre();
    let mut blocks: Vec<Block> = centres
        .iter()
        .filter_map(|(centre, nodes)| too_many(centre, nodes))
        .collect();
    blocks.extend(elsewhere(scene, &centres));
    blocks
}

/// The proposal itself is in several racks.
fn too_many(centre: &str, nodes: &[&NodeView]) -> Option<Block> {
    let racks: BTreeSet<&str> = nodes.iter().map(|node| node.rack.as_str()).collect();
    (racks.len() > 1).then(|| {
        let names = list(racks.iter().map(|rack| (*rack).to_owned()));
        Block::new(
            Rule::OneRack,
            format!("data centre {centre}"),
            "racks disrupted at once",
            format!("{}: {names}", racks.len()),
        )
        .limit("1")
        .lifted_by("lifted by a step for each rack")
    })
}

/// Work holds nodes of other racks: others' work may take them away at any moment, the asker's own has done so where they
/// do not serve.
fn elsewhere(scene: &Scene<'_>, centres: &BTreeMap<&str, Vec<&NodeView>>) -> Vec<Block> {
    let mut by_rack: BTreeMap<(&str, &str), Vec<&Lease>> = BTreeMap::new();
    for lease in scene.world.leases {
        let Some(node) = scene.snapshot().nodes.get(&lease.node) else {
            continue;
        };
        let is_elsewhere = centres
            .get(node.data_centre.as_str())
            .is_some_and(|ours| ours.iter().any(|ours| ours.rack != node.rack));
        let is_ours = scene.proposal.nodes.contains(&node.id);
        let takes_away = lease.work.contains(&WorkKind::Disrupt)
            && (!scene.is_own(lease) || !scene.standing(node.id).serves());
        if is_elsewhere && takes_away && !is_ours {
            let rack = (node.data_centre.as_str(), node.rack.as_str());
            by_rack.entry(rack).or_default().push(lease);
        }
    }
    let block = |((centre, rack), leases): (_, Vec<&Lease>)| busy(scene, centre, rack, &leases);
    by_rack.into_iter().filter_map(block).collect()
}

fn busy(scene: &Scene<'_>, centre: &str, rack: &str, leases: &[&Lease]) -> Option<Block> {
    let oldest = leases.iter().min_by_key(|lease| lease.since)?;
    let nodes = scene.names(leases.iter().map(|lease| lease.node));
    Some(
        Block::new(
            Rule::OneRack,
            format!("data centre {centre}"),
            "another rack is being disrupted:",
            format!("{rack}, {nodes} held by {} since {}", oldest.holder, oldest.since),
        )
        .since(oldest.since)
        .lifted_by("lifted when its nodes serve again and that work is at rest"),
    )
}
