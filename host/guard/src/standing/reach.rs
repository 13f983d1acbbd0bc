//! Whose word is needed before something is disrupted.

use std::collections::BTreeSet;

use ringkeeper_cluster::{Answer, NodeId, Snapshot};

/// Peers beside those that must be heard, for each of them may be silent and is then judged by two others.
const WITNESSES: usize = 3;

/// Everybody whose state decides whether these nodes can be taken away: themselves, and whoever has a replica of a range
/// of theirs in a keyspace that is watched. The host looks at them anew before something is disrupted.
#[must_use]
pub fn who_must_be_heard(nodes: &BTreeSet<NodeId>, snapshot: &Snapshot) -> BTreeSet<NodeId> {
    let mut all = nodes.clone();
    let mut seen = BTreeSet::new();
    for keyspace in snapshot.keyspaces.values() {
        let (Some(_), Some(map)) = (keyspace.consistency_level, &keyspace.placements) else {
            continue;
        };
        let is_new = keyspace.placement_map.is_none_or(|number| seen.insert(number));
        if !is_new || nodes.is_empty() {
            continue;
        }
        let ours: Vec<bool> = map.nodes().iter().map(|node| nodes.contains(node)).collect();
        let is_ours = |number: &u32| ours.get(*number as usize).copied().unwrap_or(false);
        let mut shares = vec![false; ours.len()];
        for replicas in map.numbered_replicas() {
            if replicas.iter().any(is_ours) {
                for number in replicas {
                    if let Some(shares) = shares.get_mut(*number as usize) {
                        *shares = true;
                    }
                }
            }
        }
        let shares = map.nodes().iter().zip(shares);
        all.extend(shares.filter_map(|(node, shares)| shares.then_some(*node)));
    }
    all
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
