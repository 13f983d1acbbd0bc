//! Maintenance by others is waited for.

#[cfg(test)]
mod tests;

use ringkeeper_plan::Impact;

use crate::scene::{Scene, list};
use crate::{Block, Foreign, ForeignKind, Rule, WorkKind};

/// Blocks by maintenance of others that touches the proposal's nodes. What only reads files bears it. That Cassandra's own
/// scheduler is on concerns repairs alone: whatever it really does is a repair or a task of its own.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    let bears_it =
        |kind: &WorkKind| matches!(kind, WorkKind::Observe | WorkKind::Snapshot | WorkKind::Upload);
    let work = scene.work();
    if scene.proposal.impact == Impact::Observe || work.iter().all(bears_it) {
        return Vec::new();
    }
    let ours = &scene.proposal.nodes;
    let meets = |foreign: &&Foreign| ours.contains(&foreign.node) || !foreign.touches.is_disjoint(ours);
    let (schedulers, under_way): (Vec<_>, Vec<_>) = scene
        .world
        .foreign
        .iter()
        .filter(meets)
        .partition(|foreign| foreign.kind == ForeignKind::AutoRepair);
    let mut blocks: Vec<Block> = under_way
        .into_iter()
        .map(|foreign| block(scene, foreign))
        .collect();
    if work.contains(&WorkKind::Repair) && !schedulers.is_empty() {
        blocks.push(scheduler(scene, &schedulers));
    }
    blocks
}

/// One block for all of them, as they are switched on for a cluster rather than for a node.
fn scheduler(scene: &Scene<'_>, on: &[&Foreign]) -> Block {
    Block::new(
        Rule::Foreign,
        scene.names(on.iter().map(|foreign| foreign.node)),
        "Cassandra's own repair scheduler",
        "is on, and a repair of ours would run beside its own",
    )
    .lifted_by(
        "lifted when it is off on every node that shares ranges with these (`auto_repair.enabled: false` in cassandra.yaml, and a restart); \
         or leave repairs to it and switch the schedule here off",
    )
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
        ForeignKind::AutoRepair => "a repair of Cassandra's own scheduler",
    };
    Block::new(
        Rule::Foreign,
        scene.name(foreign.node),
        signal,
        format!("is under way: {}{touching}", foreign.what),
    )
    .lifted_by("lifted when it has ended; it is never stopped from here")
}
