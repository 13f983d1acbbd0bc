//! Nothing is disrupted where the ring is changing or the schema is disputed, nor changed on a node that is no member.

mod motion;
mod schema;
mod streams;
#[cfg(test)]
mod tests;

use ringkeeper_cluster::{NodeId, NodeView};
use ringkeeper_plan::Impact;
use ringkeeper_ring::Replication;

use crate::scene::Scene;
use crate::{Block, Rule};

/// Blocks by nodes that nobody knows; what takes a node away also by nodes that join, leave or move, by streams, and by
/// schema versions that differ.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    if scene.proposal.impact == Impact::Observe {
        return Vec::new();
    }
    let mut blocks: Vec<Block> = strangers(scene).collect();
    if !scene.disrupts() {
        return blocks;
    }
    blocks.extend(motion::blocks(scene));
    blocks.extend(streams::blocks(scene));
    blocks.extend(schema::block(scene));
    blocks
}

/// Nodes that nobody knows: what work on them would mean cannot be told.
fn strangers(scene: &Scene<'_>) -> impl Iterator<Item = Block> {
    let nodes = scene.proposal.nodes.iter();
    let known = match scene.snapshot().nodes.is_empty() {
        true => "unknown: no node has answered this host yet",
        false => "unknown: no member of this ring",
    };
    nodes
        .filter(|node| !scene.snapshot().nodes.contains_key(node))
        .map(move |node| {
            Block::new(Rule::Topology, node.to_string(), "membership", known)
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
