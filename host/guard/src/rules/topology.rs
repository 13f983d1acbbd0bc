//! Nothing is disrupted where the ring is changing or the schema is disputed.

mod motion;
mod schema;
mod streams;
#[cfg(test)]
mod tests;

use ringkeeper_cluster::{NodeId, NodeView};
use ringkeeper_ring::Replication;

use crate::scene::Scene;
use crate::{Block, Rule};

/// Blocks by nodes that join, leave or move, by streams, and by schema versions that differ.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    if !scene.disrupts() {
        return Vec::new();
    }
    let mut blocks: Vec<Block> = strangers(scene).collect();
    blocks.extend(motion::blocks(scene));
    blocks.extend(streams::blocks(scene));
    blocks.extend(schema::block(scene));
    blocks
}

/// Nodes that nobody knows: what taking them away would mean cannot be told.
fn strangers(scene: &Scene<'_>) -> impl Iterator<Item = Block> {
    let nodes = scene.proposal.nodes.iter();
    nodes
        .filter(|node| !scene.snapshot().nodes.contains_key(node))
        .map(|node| {
            Block::new(
                Rule::Topology,
                node.to_string(),
                "membership",
                "unknown: no member of this ring",
            )
            .lifted_by("lifted when the ring has this node")
        })
}

/// Whether a change of this node's place in the ring concerns the proposal: it is in a data centre of its nodes, or shares
/// ranges with them. One that joins is in no placement yet: where replicas are placed without regard to data centres, it
/// may come to share any range.
fn concerns(scene: &Scene<'_>, node: &NodeView) -> bool {
    scene.nodes().any(|ours| ours.data_centre == node.data_centre)
        || shares(scene, node.id)
        || (node.tokens.is_empty() && places_anywhere(scene))
}

fn shares(scene: &Scene<'_>, node: NodeId) -> bool {
    scene.reach.nodes.contains(&node)
}

fn places_anywhere(scene: &Scene<'_>) -> bool {
    let keyspaces = scene.snapshot().keyspaces.values();
    let mut watched = keyspaces.filter(|keyspace| keyspace.consistency_level.is_some());
    watched.any(|keyspace| {
        !matches!(
            keyspace.keyspace.replication,
            Replication::NetworkTopology(_) | Replication::Local
        )
    })
}
