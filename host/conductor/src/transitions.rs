//! What happened between two snapshots, and what has not come to rest yet.

use ringkeeper_cluster::{Answer, Membership, NodeView, PeerStatus, Snapshot};
use ringkeeper_journal::Event;

/// Events for every node that came, went or changed as its peers see it or in the ring. Nothing before the first
/// snapshot: a host that starts finds a cluster, it does not see one being born.
pub(crate) fn node_changes(before: Option<&Snapshot>, now: &Snapshot) -> Vec<Event> {
    let Some(before) = before else { return Vec::new() };
    let mut events = Vec::new();
    for node in now.nodes.values() {
        let was = before
            .nodes
            .get(&node.id)
            .map_or_else(|| "absent".to_owned(), word);
        push_change(&mut events, node, was, word(node));
    }
    for node in before
        .nodes
        .values()
        .filter(|node| !now.nodes.contains_key(&node.id))
    {
        push_change(&mut events, node, word(node), "absent".to_owned());
    }
    events
}

fn push_change(events: &mut Vec<Event>, node: &NodeView, before: String, after: String) {
    if before != after {
        events.push(Event::NodeChanged {
            node: node.id,
            address: node.endpoint.to_string(),
            before,
            after,
        });
    }
}

/// A node's whole standing in a few words, e.g. `down, Normal, silent`.
fn word(node: &NodeView) -> String {
    let answer = match node.answer {
        Answer::Answered => "answers",
        Answer::Silent(_) => "silent",
    };
    format!("{}, {}, {answer}", node.status, node.membership)
}

/// Whether a check should look now rather than when its time comes.
pub(crate) fn membership_changed(before: Option<&Snapshot>, now: &Snapshot) -> bool {
    let Some(before) = before else { return true };
    let silent = |snapshot: &Snapshot| {
        snapshot
            .silent_contacts
            .iter()
            .map(|contact| contact.endpoint)
            .collect::<Vec<_>>()
    };
    !node_changes(Some(before), now).is_empty()
        || silent(before) != silent(now)
        || before.schema_observed_at.is_some() != now.schema_observed_at.is_some()
        || views(before) != views(now)
}

type Views<'a> = Vec<&'a std::collections::BTreeMap<ringkeeper_cluster::NodeId, Option<bool>>>;

fn views(snapshot: &Snapshot) -> Views<'_> {
    snapshot.nodes.values().map(|node| &node.views).collect()
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
