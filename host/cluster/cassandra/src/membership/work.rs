//! Long work on a node: tasks of its compaction manager, its streams, its built-in repair scheduler.
//!
//! Only the words that matter are asked for. A task names every SSTable that it reads and a stream every file that it
//! moved, which on a large node is megabytes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ringkeeper_cluster::{Endpoint, NodeError, NodeWork, Stream};
use serde::de::DeserializeOwned;

use crate::jolokia::{Answers, Question};

const COMPACTIONS: &str = "org.apache.cassandra.db:type=CompactionManager";
const STREAMS: &str = "org.apache.cassandra.net:type=StreamManager";
/// Newer than 5.0; what has none answers that it lacks it.
const AUTO_REPAIR: &str = "org.apache.cassandra.db:type=AutoRepairService";

/// Asks for everything of it. The plans of the streams are named before and after what is said of them, so that it is
/// known whether they stayed the same meanwhile.
pub(super) fn questions() -> [Question; 6] {
    let streams = |path| Question::part(STREAMS, "CurrentStreams", path);
    [
        Question::part(COMPACTIONS, "Compactions", "*/taskType"),
        streams("*/planId"),
        streams("*/description"),
        streams("*/sessions/*/peer"),
        streams("*/planId"),
        Question::read(AUTO_REPAIR, &["AutoRepairDisabled"]),
    ]
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AutoRepair {
    auto_repair_disabled: bool,
}

/// Takes the answers to [`questions`]. Streams name their peers by address alone; `known` are the nodes that may be
/// meant.
pub(super) fn take(answers: &mut Answers, known: &BTreeSet<Endpoint>) -> Result<NodeWork, NodeError> {
    let kinds: Vec<String> = list(answers)?;
    let before: Vec<String> = list(answers)?;
    let operations: Vec<String> = list(answers)?;
    let peers: Vec<Vec<IpAddr>> = list(answers)?;
    let after: Vec<String> = list(answers)?;
    let is_steady = before == after && operations.len() == before.len() && peers.len() == before.len();
    let peers = peers.iter().map(|of_plan| endpoints(of_plan, known));
    let streams = if is_steady {
        pair(operations, peers)
    } else {
        // Which peers belong to which plan is not known. Too many block for one sweep, too few would let work begin.
        let all: BTreeSet<Endpoint> = peers.flatten().collect();
        pair(operations, std::iter::repeat(all))
    };
    let auto_repair = answers.take_if_known::<AutoRepair>()?.ok();
    Ok(NodeWork {
        compactions: counted(kinds),
        streams,
        auto_repair: auto_repair.map(|scheduler| !scheduler.auto_repair_disabled),
    })
}

/// A node that is starting registers these later than the rest, and does none of it yet.
fn list<T: DeserializeOwned>(answers: &mut Answers) -> Result<Vec<T>, NodeError> {
    Ok(answers.take_if_known()?.unwrap_or_default())
}

fn counted(kinds: Vec<String>) -> BTreeMap<String, u32> {
    let mut tasks = BTreeMap::new();
    for kind in kinds {
        *tasks.entry(kind).or_insert(0) += 1;
    }
    tasks
}

fn pair(operations: Vec<String>, peers: impl Iterator<Item = BTreeSet<Endpoint>>) -> Vec<Stream> {
    let mut streams: Vec<Stream> = operations
        .into_iter()
        .zip(peers)
        .map(|(operation, peers)| Stream { operation, peers })
        .collect();
    streams.sort_unstable();
    streams
}

/// Every node that is known at these addresses. A peer that is no member, such as a bulk loader, is taken to use the
/// usual port.
fn endpoints(addresses: &[IpAddr], known: &BTreeSet<Endpoint>) -> BTreeSet<Endpoint> {
    let at = |address: &IpAddr| {
        let at_address: Vec<Endpoint> = known
            .iter()
            .filter(|node| node.ip() == *address)
            .copied()
            .collect();
        if at_address.is_empty() {
            vec![Endpoint::new((*address, Endpoint::DEFAULT_STORAGE_PORT).into())]
        } else {
            at_address
        }
    };
    addresses.iter().flat_map(at).collect()
}

#[cfg(test)]
mod tests;
