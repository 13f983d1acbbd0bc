//! Nodes that join, leave or move.

use ringkeeper_cluster::{Membership, NodeView};

use super::concerns;
use crate::scene::Scene;
use crate::{Block, Rule};

/// A block for each node in motion that concerns the proposal, the proposal's own nodes included.
pub(super) fn blocks(scene: &Scene<'_>) -> impl Iterator<Item = Block> {
    let nodes = scene.snapshot().nodes.values();
    nodes.filter_map(|node| {
        let motion = in_motion(node)?;
        concerns(scene, node).then(|| {
            Block::new(
                Rule::Topology,
                scene.name(node.id),
                "membership",
                format!(
                    "{motion} in data centre {} since {}",
                    node.data_centre, node.membership_since
                ),
            )
            .since(node.membership_since)
            .lifted_by("lifted when it is a normal member, or is gone from the ring")
        })
    })
}

/// What it is doing, by the ring's word or its own. A member that starts again is none that joins.
fn in_motion(node: &NodeView) -> Option<&'static str> {
    let own = match node.operation_mode.as_deref() {
        Some("JOINING") => Some("joining"),
        Some("LEAVING") => Some("leaving"),
        Some("MOVING") => Some("moving"),
        Some("STARTING") if !node.tokens.is_empty() => return None,
        _ => None,
    };
    let by_ring = match node.membership {
        Membership::Joining => Some("joining"),
        Membership::Leaving => Some("leaving"),
        Membership::Moving => Some("moving"),
        Membership::Normal | Membership::Stopped | Membership::Unknown => None,
    };
    own.or(by_ring)
}
