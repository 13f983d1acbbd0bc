//! Whose word is needed before something is disrupted.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ringkeeper_cluster::{Answer, KeyspaceView, NodeId, Snapshot};

/// Peers beside those that must be heard, for each of them may be silent and is then judged by two others.
const WITNESSES: usize = 3;

/// What taking some nodes away concerns, by the placements of watched keyspaces.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// Whoever has a replica of a range of these nodes, and these.
    pub(crate) nodes: BTreeSet<NodeId>,
    /// Positions of the placements with a replica on these nodes, by map.
    placements: BTreeMap<MapKey, Vec<usize>>,
}

/// Tells maps apart: by their number, or, where one has none, by where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MapKey(Option<u64>, usize);

impl MapKey {
    pub(crate) fn of(keyspace: &KeyspaceView) -> Option<Self> {
        let map = keyspace.placements.as_ref()?;
        let place = || Arc::as_ptr(map).addr();
        let number = keyspace.placement_map;
        Some(Self(number, number.map_or_else(place, |_| 0)))
    }
}

impl Reach {
    pub(crate) fn of(nodes: &BTreeSet<NodeId>, snapshot: &Snapshot) -> Self {
        let mut reach = Self {
            nodes: nodes.clone(),
            placements: BTreeMap::new(),
        };
        let keyspaces = snapshot.keyspaces.values();
        for keyspace in keyspaces.filter(|keyspace| keyspace.consistency_level.is_some()) {
            let (Some(key), Some(map)) = (MapKey::of(keyspace), &keyspace.placements) else {
                continue;
            };
            if let Entry::Vacant(entry) = reach.placements.entry(key) {
                let placements = map.placements_on(nodes.iter().copied());
                let mut shares = vec![false; map.nodes().len()];
                for number in placements.iter().flat_map(|at| map.numbered_replicas(*at)) {
                    if let Some(shares) = shares.get_mut(*number as usize) {
                        *shares = true;
                    }
                }
                let shares = map.nodes().iter().zip(shares);
                reach
                    .nodes
                    .extend(shares.filter_map(|(node, shares)| shares.then_some(*node)));
                entry.insert(placements);
            }
        }
        reach
    }

    /// Positions in this map of the placements concerned.
    pub(crate) fn placements(&self, map: MapKey) -> &[usize] {
        self.placements.get(&map).map_or(&[], Vec::as_slice)
    }
}

/// Everybody whose state decides whether these nodes can be taken away: themselves, and whoever has a replica of a range
/// of theirs in a keyspace that is watched. The host looks at them anew before something is disrupted.
#[must_use]
pub fn who_must_be_heard(nodes: &BTreeSet<NodeId>, snapshot: &Snapshot) -> BTreeSet<NodeId> {
    Reach::of(nodes, snapshot).nodes
}

/// Whom to ask for a fresh look before these nodes are taken away: everybody who must be heard and some others, so that
/// one who does not answer can be judged by the word of two who do.
#[must_use]
pub fn who_to_ask(nodes: &BTreeSet<NodeId>, snapshot: &Snapshot) -> BTreeSet<NodeId> {
    let mut all = who_must_be_heard(nodes, snapshot);
    let others = snapshot.nodes.values().filter(|node| {
        !all.contains(&node.id) && node.answer == Answer::Answered && node.gossip_running == Some(true)
    });
    let others: Vec<NodeId> = others.take(WITNESSES).map(|node| node.id).collect();
    all.extend(others);
    all
}
