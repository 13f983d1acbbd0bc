//! Which nodes are down together: a whole data centre, a whole rack, or one node.

use std::collections::{BTreeMap, BTreeSet};

use crate::words;
use crate::world::{Place, World};

/// Nodes that are down for all their peers and belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    /// How far it reaches.
    pub(crate) extent: Extent,
    /// The nodes.
    pub(crate) nodes: Vec<Place>,
}

/// How far an outage reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// One node.
    Node,
    /// All nodes of a rack, of which there are several.
    Rack { data_centre: String, rack: String },
    /// All nodes of a data centre, of which there are several.
    DataCentre { data_centre: String },
}

impl Outage {
    /// The outages of a cluster, the farthest first.
    pub(crate) fn all(world: &World) -> Vec<Self> {
        let mut told = BTreeSet::new();
        let mut outages = Vec::new();
        let by_data_centre = group(world, |place| {
            world.data_centre(place).unwrap_or_default().to_owned()
        });
        for (data_centre, nodes) in by_data_centre {
            if all_down(world, &nodes) {
                told.extend(nodes.iter().copied());
                outages.push(Self {
                    extent: Extent::DataCentre { data_centre },
                    nodes,
                });
            }
        }
        let by_rack = group(world, |place| {
            let node = world.members.get(place).map(|member| &member.node);
            node.map(|node| (node.data_centre.clone(), node.rack.clone()))
                .unwrap_or_default()
        });
        for ((data_centre, rack), nodes) in by_rack {
            if all_down(world, &nodes) && nodes.iter().all(|place| !told.contains(place)) {
                told.extend(nodes.iter().copied());
                outages.push(Self {
                    extent: Extent::Rack { data_centre, rack },
                    nodes,
                });
            }
        }
        let alone = world
            .places()
            .filter(|(place, member)| member.is_down() && !told.contains(place));
        outages.extend(alone.map(|(place, _)| Self {
            extent: Extent::Node,
            nodes: vec![place],
        }));
        outages
    }

    /// `Node 10.0.0.3`, `All 3 nodes of rack r1 in dc1`.
    pub(crate) fn name(&self, world: &World) -> String {
        let nodes = words::count(self.nodes.len(), "node");
        match &self.extent {
            Extent::Node => format!("Node {}", words::list(&self.names(world))),
            Extent::Rack { data_centre, rack } => format!("All {nodes} of rack {rack} in {data_centre}"),
            Extent::DataCentre { data_centre } => format!("All {nodes} of data centre {data_centre}"),
        }
    }

    /// The nodes as a person calls them.
    pub(crate) fn names<'w>(&self, world: &'w World) -> Vec<&'w str> {
        self.nodes.iter().map(|place| world.name(*place)).collect()
    }
}

fn group<K: Ord>(world: &World, key: impl Fn(Place) -> K) -> BTreeMap<K, Vec<Place>> {
    let mut groups = BTreeMap::<K, Vec<Place>>::new();
    for (place, _) in world.places() {
        groups.entry(key(place)).or_default().push(place);
    }
    groups
}

fn all_down(world: &World, nodes: &[Place]) -> bool {
    nodes.len() > 1
        && nodes
            .iter()
            .all(|place| world.members.get(*place).is_some_and(|member| member.is_down()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ring;

    #[test]
    fn nodes_of_one_rack_or_data_centre_are_one_outage() {
        // Places 0 to 5 are dc1 with racks r1, r2, r3, r1, r2, r3; 6 to 8 are dc2.
        let mut ring = Ring::of(&[("dc1", 6), ("dc2", 3)]);
        for place in [0, 3, 4, 6, 7, 8] {
            ring.down(place);
        }
        let outages = Outage::all(&ring.world);
        let nodes: Vec<&[Place]> = outages.iter().map(|outage| outage.nodes.as_slice()).collect();
        assert_eq!(nodes, [&[6, 7, 8][..], &[0, 3], &[4]]);
        assert_eq!(outages[0].name(&ring.world), "All 3 nodes of data centre dc2");
        assert_eq!(outages[1].name(&ring.world), "All 2 nodes of rack r1 in dc1");
        assert_eq!(outages[2].name(&ring.world), "Node 10.0.1.5");
    }

    #[test]
    fn a_cluster_of_one_node_has_no_outage_but_the_node() {
        let mut ring = Ring::of(&[("dc1", 1)]);
        ring.down(0);
        assert_eq!(
            Outage::all(&ring.world),
            [Outage {
                extent: Extent::Node,
                nodes: vec![0]
            }]
        );
    }
}
