//! What happened to nodes between two snapshots.

use ringkeeper_cluster::{Answer, NodeView, Snapshot};
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
    let schemas = |snapshot: &Snapshot| {
        let versions = snapshot.nodes.values().map(|node| node.schema_version.clone());
        versions.collect::<std::collections::BTreeSet<_>>().len()
    };
    !node_changes(Some(before), now).is_empty()
        || silent(before) != silent(now)
        || schemas(before) != schemas(now)
        || before.schema_observed_at.is_some() != now.schema_observed_at.is_some()
        || views(before) != views(now)
}

type Views<'a> = Vec<&'a std::collections::BTreeMap<ringkeeper_cluster::NodeId, Option<bool>>>;

fn views(snapshot: &Snapshot) -> Views<'_> {
    snapshot.nodes.values().map(|node| &node.views).collect()
}
