//! Which nodes go together.

use std::collections::BTreeMap;

use crate::world::Node;

/// The nodes in waves of at most `at_once` of one rack: data centres by name, their racks by name, nodes in the order
/// given. Every copy of a range is in another rack where there are racks enough, so a wave takes one copy at most.
pub(crate) fn waves<'w>(nodes: &[&'w Node], at_once: u32) -> Vec<Vec<&'w Node>> {
    let mut racks = BTreeMap::<(&str, &str), Vec<&Node>>::new();
    for node in nodes {
        racks
            .entry((&node.data_centre, &node.rack))
            .or_default()
            .push(node);
    }
    let size = usize::try_from(at_once.max(1)).unwrap_or(usize::MAX);
    let waves = racks.into_values().flat_map(|rack| {
        let waves: Vec<Vec<&Node>> = rack.chunks(size).map(<[&Node]>::to_vec).collect();
        waves
    });
    waves.collect()
}
