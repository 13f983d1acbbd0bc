//! Names of calls: equal means equal.

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::Call;
use serde_json::json;

use crate::canonical::canonical_hash;

/// BLAKE3 of a call and its arguments, in canonical form. Who leads a repair is left out: it repairs the same, and a
/// plugin that is carried on may find another replica the first to answer.
pub(super) fn call_digest(node: NodeId, call: &Call) -> String {
    let node = match call {
        Call::Repair { .. } => None,
        Call::Flush { .. } | Call::Drain | Call::Stop | Call::Start | Call::Tool { .. } => Some(node),
    };
    canonical_hash(&json!({ "form": 1, "node": node, "call": call }))
}
