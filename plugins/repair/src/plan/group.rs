//! Ranges that the same nodes hold, as far as their data centres are asked for.

use std::collections::BTreeMap;

use ringkeeper_ring::TokenRange;

use crate::cut::{share, width};
use crate::world::{Node, Place, Placement};

/// A map, grouped.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Grouped {
    /// Groups of two nodes or more, in order of their first ranges.
    pub(crate) groups: Vec<Group>,
    /// Ranges with a single node, which has nobody to compare with.
    pub(crate) single: usize,
    /// The share of the ring that each node holds, whatever was asked for; by place.
    pub(crate) held: Vec<f64>,
}

/// Ranges that the same nodes hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// The nodes, ascending.
    pub(crate) nodes: Vec<Place>,
    /// The ranges, each within one range of the keyspace's placements.
    pub(crate) ranges: Vec<TokenRange>,
    /// Their share of the ring.
    pub(crate) share: f64,
}

impl Grouped {
    /// The ranges of a map by the nodes in these data centres that hold them; by all nodes where none is named.
    pub(crate) fn new(map: &[Placement], nodes: &[Node], data_centres: &[String]) -> Self {
        let wanted = |place: &Place| {
            let node = nodes.get(*place);
            data_centres.is_empty() || node.is_some_and(|node| data_centres.contains(&node.data_centre))
        };
        let mut held = vec![0.0; nodes.len()];
        let mut single = 0;
        let mut groups = BTreeMap::<Vec<Place>, Vec<TokenRange>>::new();
        for placement in map {
            let share = share(width(&placement.ranges));
            for place in &placement.replicas {
                if let Some(held) = held.get_mut(*place) {
                    *held += share;
                }
            }
            let mut replicas: Vec<Place> = placement.replicas.iter().copied().filter(wanted).collect();
            replicas.sort_unstable();
            match replicas.len() {
                0 => {}
                1 => single += placement.ranges.len(),
                _ => groups
                    .entry(replicas)
                    .or_default()
                    .extend(placement.ranges.iter().flat_map(|range| possible(*range))),
            }
        }
        let mut groups: Vec<Group> = groups
            .into_iter()
            .map(|(nodes, ranges)| group(nodes, ranges))
            .collect();
        groups.sort_by_key(|group| group.ranges.first().copied());
        Self { groups, single, held }
    }
}

fn group(nodes: Vec<Place>, mut ranges: Vec<TokenRange>) -> Group {
    ranges.sort_unstable();
    Group {
        nodes,
        share: share(width(&ranges)),
        ranges,
    }
}

/// Cassandra refuses the whole ring as one range.
fn possible(range: TokenRange) -> Vec<TokenRange> {
    if range.is_whole_ring() {
        crate::cut::cut(&[range], 2).into_iter().flatten().collect()
    } else {
        vec![range]
    }
}
