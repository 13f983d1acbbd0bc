//! The world a plan was made for, and what has become another since.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ringkeeper_cluster::{NodeId, NodeView, Snapshot};
use ringkeeper_journal::Basis;
use ringkeeper_plan::{Goal, Impact, Step};
use serde_json::json;

use crate::canonical::canonical_hash;

/// Characters of a member's digest that are kept: enough to tell that it is another, and little for a thousand members.
const SHORT: usize = 16;
/// Differences told in one sentence.
const MOST_TOLD: usize = 5;

/// The world a plan with these goals and steps is made for.
pub(crate) fn basis<'a>(
    snapshot: &Snapshot,
    goals: &[Goal],
    steps: impl IntoIterator<Item = &'a Step>,
) -> Basis {
    let places: BTreeMap<NodeId, _> = snapshot
        .nodes
        .values()
        .filter(|node| !node.tokens.is_empty())
        .map(|node| {
            let place = json!({ "data_centre": node.data_centre, "rack": node.rack, "tokens": node.tokens });
            (node.id, place)
        })
        .collect();
    let short = |place| canonical_hash(place).chars().take(SHORT).collect();
    let mut basis = Basis {
        ring: canonical_hash(&json!(places)),
        members: places.iter().map(|(node, place)| (*node, short(place))).collect(),
        ..Basis::default()
    };
    for Goal::Repaired { table, .. } in goals {
        note_replication(&mut basis, snapshot, &table.keyspace);
        let view = snapshot.keyspaces.get(&table.keyspace);
        if let Some(found) = view.and_then(|view| view.keyspace.tables.get(&table.table)) {
            basis.tables.insert(table.to_string(), found.id);
        }
    }
    let mut touched = BTreeSet::new();
    let mut takes_nodes_away = false;
    for step in steps {
        touched.extend(step.nodes.iter().copied());
        takes_nodes_away |= step.impact == Impact::Disrupt;
    }
    if takes_nodes_away {
        let users = snapshot.keyspaces.iter().filter(|(_, view)| !view.is_system);
        for name in users.map(|(name, _)| name).collect::<Vec<_>>() {
            note_replication(&mut basis, snapshot, name);
        }
    }
    basis.releases = touched
        .into_iter()
        .filter_map(|node| Some((node, snapshot.nodes.get(&node)?.release_version.clone()?)))
        .collect();
    basis
}

/// Whether two looks at a cluster differ in nothing that a basis is made of.
pub(super) fn same_world(left: &Arc<Snapshot>, right: &Arc<Snapshot>) -> bool {
    // Most often it is asked about one look.
    if Arc::ptr_eq(left, right) {
        return true;
    }
    let same_keyspaces = Arc::ptr_eq(&left.keyspaces, &right.keyspaces) || left.keyspaces == right.keyspaces;
    let mut nodes = left.nodes.values().zip(right.nodes.values());
    let same_place = |(left, right): (&NodeView, &NodeView)| {
        left.id == right.id
            && left.data_centre == right.data_centre
            && left.rack == right.rack
            && left.tokens == right.tokens
            && left.release_version == right.release_version
    };
    same_keyspaces && left.nodes.len() == right.nodes.len() && nodes.all(same_place)
}

fn note_replication(basis: &mut Basis, snapshot: &Snapshot, keyspace: &str) {
    if let Some(view) = snapshot.keyspaces.get(keyspace) {
        basis
            .replication
            .entry(keyspace.to_owned())
            .or_insert_with(|| canonical_hash(&json!(view.keyspace.replication)));
    }
}

/// What of the world has changed so that a plan that is carried out does not fit any more; none where it still does. A
/// keyspace that is gone takes nothing from the plan for the others.
pub(super) fn changed(plan: &Basis, now: &Basis) -> Option<String> {
    if plan.ring != now.ring {
        return Some("the members of the ring or their tokens have changed".to_owned());
    }
    let altered = plan.replication.iter().find(|(keyspace, digest)| {
        now.replication
            .get(*keyspace)
            .is_some_and(|other| other != *digest)
    });
    altered.map(|(keyspace, _)| format!("the replication of keyspace {keyspace} has changed"))
}

/// Everything that makes the world another one than somebody approves, or is about to approve, a plan for; none where it
/// is the same. `snapshot` names nodes by their address.
pub(super) fn difference(plan: &Basis, now: &Basis, snapshot: &Snapshot) -> Option<String> {
    let mut told = members(plan, now, snapshot);
    if told.is_empty() && plan.ring != now.ring {
        told.push("the members of the ring or their tokens have changed".to_owned());
    }
    for (keyspace, digest) in &plan.replication {
        match now.replication.get(keyspace) {
            None => told.push(format!("keyspace {keyspace} is gone")),
            Some(other) if other != digest => {
                told.push(format!("the replication of keyspace {keyspace} has changed"));
            }
            Some(_) => {}
        }
    }
    for (table, id) in &plan.tables {
        match now.tables.get(table) {
            None => told.push(format!("table {table} is gone")),
            Some(other) if other != id => told.push(format!("table {table} was dropped and made anew")),
            Some(_) => {}
        }
    }
    for (node, release) in &plan.releases {
        if let Some(other) = now.releases.get(node).filter(|other| *other != release) {
            told.push(format!(
                "node {} ran {release} and runs {other}",
                name(snapshot, *node)
            ));
        }
    }
    let more = told.len().saturating_sub(MOST_TOLD);
    told.truncate(MOST_TOLD);
    if more > 0 {
        told.push(format!("and {more} more changes"));
    }
    (!told.is_empty()).then(|| told.join("; "))
}

fn members(plan: &Basis, now: &Basis, snapshot: &Snapshot) -> Vec<String> {
    if plan.members.is_empty() {
        return Vec::new();
    }
    let mut told = Vec::new();
    for (node, place) in &now.members {
        match plan.members.get(node) {
            None => told.push(format!("node {} joined the ring", name(snapshot, *node))),
            Some(before) if before != place => told.push(format!(
                "node {} has other tokens, or another rack",
                name(snapshot, *node)
            )),
            Some(_) => {}
        }
    }
    let gone = plan.members.keys().filter(|node| !now.members.contains_key(node));
    told.extend(gone.map(|node| format!("node {} left the ring", name(snapshot, *node))));
    told
}

fn name(snapshot: &Snapshot, node: NodeId) -> String {
    let view = snapshot.nodes.get(&node);
    view.map_or_else(|| node.to_string(), |view| view.endpoint.ip().to_string())
}
