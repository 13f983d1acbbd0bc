//! Names of calls and worlds: equal means equal.

use std::collections::BTreeMap;

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_journal::{Basis, Call};
use ringkeeper_plan::Goal;
use serde_json::json;

use crate::canonical::canonical_hash;

/// BLAKE3 of a call and its arguments, in canonical form. Who leads a repair is left out: it repairs the same, and a
/// plugin that is carried on may find another replica the first to answer.
pub(super) fn call_digest(node: NodeId, call: &Call) -> String {
    let node = match call {
        Call::Repair { .. } => None,
        Call::Flush { .. } | Call::Drain | Call::Stop | Call::Start => Some(node),
    };
    canonical_hash(&json!({ "form": 1, "node": node, "call": call }))
}

/// The world a plan with these goals is made for.
pub(crate) fn basis(snapshot: &Snapshot, goals: &[Goal]) -> Basis {
    let members: BTreeMap<String, _> = snapshot
        .nodes
        .values()
        .filter(|node| !node.tokens.is_empty())
        .map(|node| {
            let place = json!({ "data_centre": node.data_centre, "rack": node.rack, "tokens": node.tokens });
            (node.id.to_string(), place)
        })
        .collect();
    let mut basis = Basis {
        ring: canonical_hash(&json!(members)),
        ..Basis::default()
    };
    for Goal::Repaired { table, .. } in goals {
        let Some(view) = snapshot.keyspaces.get(&table.keyspace) else {
            continue;
        };
        basis
            .replication
            .entry(table.keyspace.clone())
            .or_insert_with(|| canonical_hash(&json!(view.keyspace.replication)));
        if let Some(found) = view.keyspace.tables.get(&table.table) {
            basis.tables.insert(table.to_string(), found.id);
        }
    }
    basis
}

/// What of the world has changed so that the plan does not fit any more; none where it still does. A keyspace that is gone
/// takes nothing from the plan for the others.
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
