//! What counts of each node, as tables that a whole map is counted by.

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;
use ringkeeper_ring::PlacementMap;

use crate::scene::Scene;

/// What counts of every node of the snapshot, and the data centres by their numbers.
pub(super) struct Seats<'s> {
    seats: BTreeMap<NodeId, Seat>,
    centres: Vec<&'s str>,
}

/// What counts of a node.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    /// Its data centre's number; past the last one where nobody knows the node.
    pub(super) centre: usize,
    /// Whether it serves and would still do so.
    pub(super) is_left: bool,
    /// Whether it may serve and would be taken away.
    pub(super) is_removed: bool,
}

impl<'s> Seats<'s> {
    pub(super) fn of(scene: &Scene<'s>) -> Self {
        let nodes = &scene.snapshot().nodes;
        let mut centres: Vec<&str> = nodes.values().map(|node| node.data_centre.as_str()).collect();
        centres.sort_unstable();
        centres.dedup();
        let seat = |node: NodeId| {
            let centre = nodes
                .get(&node)
                .and_then(|node| centres.binary_search(&node.data_centre.as_str()).ok());
            let standing = scene.standing(node);
            let is_ours = scene.proposal.nodes.contains(&node);
            let seat = Seat {
                centre: centre.unwrap_or(centres.len()),
                is_left: !is_ours && standing.serves(),
                is_removed: is_ours && standing.may_serve(),
            };
            (node, seat)
        };
        let all = nodes.keys().chain(&scene.proposal.nodes);
        Self {
            seats: all.map(|node| seat(*node)).collect(),
            centres,
        }
    }

    /// The data centres, in order of their numbers.
    pub(super) fn centres(&self) -> &[&'s str] {
        &self.centres
    }

    /// The seats of a map's nodes, in its order. Whoever is not in the snapshot does not serve.
    pub(super) fn of_map(&self, map: &PlacementMap<NodeId>) -> Vec<Seat> {
        let nobody = Seat {
            centre: self.centres.len(),
            is_left: false,
            is_removed: false,
        };
        let nodes = map.nodes().iter();
        nodes
            .map(|node| self.seats.get(node).copied().unwrap_or(nobody))
            .collect()
    }
}
