//! Maintenance by others is waited for.

#[cfg(test)]
mod tests;

use ringkeeper_plan::Impact;

use crate::scene::{Scene, list};
use crate::{Block, Foreign, ForeignKind, Rule, WorkKind};

/// Blocks by maintenance of others that touches the proposal's nodes. What only reads files bears it.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    let bears_it =
        |kind: &WorkKind| matches!(kind, WorkKind::Observe | WorkKind::Snapshot | WorkKind::Upload);
    if scene.proposal.impact == Impact::Observe || scene.work().iter().all(bears_it) {
        return Vec::new();
    }
    let ours = &scene.proposal.nodes;
    let foreign = scene.world.foreign.iter();
    foreign
        .filter(|foreign| ours.contains(&foreign.node) || !foreign.touches.is_disjoint(ours))
        .map(|foreign| block(scene, foreign))
        .collect()
}

fn block(scene: &Scene<'_>, foreign: &Foreign) -> Block {
    let touched = scene
        .proposal
        .nodes
        .iter()
        .filter(|node| foreign.touches.contains(node));
    let others = touched
        .filter(|node| **node != foreign.node)
        .map(|node| scene.name(*node));
    let others = list(others);
    let touching = if others.is_empty() {
        String::new()
    } else {
        format!(", touching {others}")
    };
    let signal = match foreign.kind {
        ForeignKind::Repair => "somebody else's repair",
        ForeignKind::Compaction => "somebody else's compaction",
        ForeignKind::AutoRepair => "Cassandra's own repair scheduler",
    };
    Block::new(
        Rule::Foreign,
        scene.name(foreign.node),
        signal,
        format!("is under way: {}{touching}", foreign.what),
    )
    .lifted_by("lifted when it has ended; it is never stopped from here")
}
