//! What happened between two snapshots, and what has not come to rest yet.

use std::collections::BTreeMap;

use ringkeeper_cluster::{Answer, Membership, NodeId, NodeView, PeerStatus, Snapshot};
use ringkeeper_journal::Event;

/// Events for every node that came, went or changed as its peers see it or in the ring. Nothing before the first
/// snapshot: a host that starts finds a cluster, it does not see one being born.
pub(crate) fn node_changes(before: Option<&Snapshot>, now: &Snapshot) -> Vec<Event> {
    let Some(before) = before else { return Vec::new() };
    let mut events = Vec::new();
    for node in now.nodes.values() {
        push_change(&mut events, node, before.nodes.get(&node.id), Some(node));
    }
    for node in before
        .nodes
        .values()
        .filter(|node| !now.nodes.contains_key(&node.id))
    {
        push_change(&mut events, node, Some(node), None);
    }
    events
}

fn push_change(
    events: &mut Vec<Event>,
    node: &NodeView,
    before: Option<&NodeView>,
    after: Option<&NodeView>,
) {
    // Compared before it is put in words: of most nodes, most of the time, there is nothing to tell.
    if before.map(standing) != after.map(standing) {
        events.push(Event::NodeChanged {
            node: node.id,
            address: node.endpoint.to_string(),
            before: word(before),
            after: word(after),
        });
    }
}

/// A node's whole standing: how its peers see it, what it is in the ring, and whether it answers.
const fn standing(node: &NodeView) -> (PeerStatus, Membership, bool) {
    (
        node.status,
        node.membership,
        matches!(node.answer, Answer::Answered),
    )
}

/// A node's standing in a few words, e.g. `down, Normal, silent`.
fn word(node: Option<&NodeView>) -> String {
    let Some((status, membership, answers)) = node.map(standing) else {
        return "absent".to_owned();
    };
    let answer = if answers { "answers" } else { "silent" };
    format!("{status}, {membership}, {answer}")
}

/// Whether a check should look now rather than when its time comes.
pub(crate) fn membership_changed(before: Option<&Snapshot>, now: &Snapshot) -> bool {
    let Some(before) = before else { return true };
    let silent = |snapshot: &Snapshot| -> Vec<_> {
        let contacts = snapshot.silent_contacts.iter();
        contacts.map(|contact| contact.endpoint).collect()
    };
    !standings(before).eq(standings(now))
        || silent(before) != silent(now)
        || before.schema_observed_at.is_some() != now.schema_observed_at.is_some()
        || !views(before).eq(views(now))
}

fn standings(snapshot: &Snapshot) -> impl Iterator<Item = (NodeId, (PeerStatus, Membership, bool))> {
    snapshot.nodes.values().map(|node| (node.id, standing(node)))
}

fn views(snapshot: &Snapshot) -> impl Iterator<Item = &BTreeMap<NodeId, Option<bool>>> {
    snapshot.nodes.values().map(|node| &node.views)
}

/// Whether something goes on that a check may tell of once it has lasted, though nothing changes any more: a node that
/// is not up, a full member and answering, or a schema on which the nodes disagree.
pub(crate) fn is_unsettled(now: &Snapshot) -> bool {
    let is_well = |node: &NodeView| {
        node.status == PeerStatus::Up
            && node.membership == Membership::Normal
            && node.answer == Answer::Answered
    };
    now.schema_disagrees_since.is_some() || !now.nodes.values().all(is_well)
}

/// Whether there are nodes and not one of them answers: nothing can be judged then.
pub(crate) fn is_dark(now: &Snapshot) -> bool {
    let answers = |node: &NodeView| node.answer == Answer::Answered;
    !now.nodes.is_empty() && !now.nodes.values().any(answers)
}

#[cfg(test)]
mod tests;
