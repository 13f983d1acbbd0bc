//! Hints that a node holds for others.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, NodeId};
use serde::Deserialize;

use crate::jolokia::{Answers, Jolokia, Question};
use crate::release::STORAGE_SERVICE;
use crate::wire::WireEndpoint;

const HINTS: &str = "org.apache.cassandra.hints:type=HintsService";
const DISPATCHER: &str =
    "org.apache.cassandra.metrics:type=ThreadPools,path=internal,scope=HintsDispatcher,name=ActiveTasks";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Waiting {
    pending_hints: Vec<ForOne>,
}

/// Numbers stand in text.
#[derive(Deserialize)]
struct ForOne {
    host_id: NodeId,
    total_files: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dispatcher {
    value: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Peers {
    local_host_id: Option<NodeId>,
    host_id_to_endpoint_with_port: BTreeMap<NodeId, WireEndpoint>,
    live_nodes_with_port: BTreeSet<WireEndpoint>,
}

/// Files with hints by the node that they are for.
///
/// # Errors
/// When the node cannot be asked; [`NodeErrorKind::Unsupported`] before Cassandra 4.1.
pub(crate) async fn ask(jolokia: &Jolokia, node: Endpoint) -> Result<BTreeMap<NodeId, u64>, NodeError> {
    files(jolokia.ask(node, &questions()).await?)
}

pub(crate) fn questions() -> [Question; 3] {
    [
        Question::read(HINTS, &["PendingHints"]),
        Question::read(DISPATCHER, &["Value"]),
        Question::read(
            STORAGE_SERVICE,
            &["LocalHostId", "HostIdToEndpointWithPort", "LiveNodesWithPort"],
        ),
    ]
}

/// A file leaves the list while it is handed over and comes back if that fails, and to whom it is handed over is not
/// said. So while one is under way, every other live node counts as waiting for it.
fn files(mut answers: Answers) -> Result<BTreeMap<NodeId, u64>, NodeError> {
    let waiting: Waiting = answers.take_if_known()?.map_err(|_| {
        let message = "Cassandra before 4.1 does not tell for which nodes it holds hints";
        NodeError::new(NodeErrorKind::Unsupported, answers.place(), message)
    })?;
    // Registered with its first task.
    let dispatcher = answers.take_if_known::<Dispatcher>()?.ok();
    let peers: Peers = answers.take()?;
    let mut files = BTreeMap::new();
    for one in waiting.pending_hints {
        let count: u64 = one
            .total_files
            .parse()
            .map_err(|_| answers.nonsense(format!("{:?} is no number of hint files", one.total_files)))?;
        files.insert(one.host_id, count);
    }
    let handed_over = dispatcher.map_or(0, |dispatcher| dispatcher.value);
    if handed_over > 0 {
        let others = peers
            .host_id_to_endpoint_with_port
            .into_iter()
            .filter(|(id, endpoint)| {
                Some(*id) != peers.local_host_id && peers.live_nodes_with_port.contains(endpoint)
            });
        for (id, _) in others {
            let count = files.entry(id).or_insert(0);
            *count = count.saturating_add(handed_over);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
