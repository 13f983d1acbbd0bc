//! What a node says of itself and its peers.

mod work;

use std::collections::BTreeSet;

use ringkeeper_cluster::{Endpoint, MembershipReport, NodeError, NodeErrorKind, NodeId};
use serde::Deserialize;

use crate::jolokia::{Answers, Question};
use crate::process;
use crate::release::{Release, STORAGE_SERVICE};
use crate::repair::running;
use crate::wire::WireEndpoint;

const LOAD: &str = "org.apache.cassandra.metrics:type=Storage,name=Load";

/// The questions behind a membership report, all in one request.
pub(crate) fn questions() -> Vec<Question> {
    let mut questions = vec![
        Release::question(),
        process::question(),
        Question::read(
            STORAGE_SERVICE,
            &[
                "LocalHostId",
                "ClusterName",
                "SchemaVersion",
                "OperationMode",
                "GossipRunning",
                "NativeTransportRunning",
                "LiveNodesWithPort",
                "UnreachableNodesWithPort",
                "JoiningNodesWithPort",
                "LeavingNodesWithPort",
                "MovingNodesWithPort",
            ],
        ),
        Question::read(LOAD, &["Count"]),
        running::question(),
    ];
    questions.extend(work::questions());
    questions
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct State {
    local_host_id: Option<NodeId>,
    cluster_name: String,
    schema_version: String,
    operation_mode: String,
    gossip_running: bool,
    native_transport_running: bool,
    live_nodes_with_port: Vec<WireEndpoint>,
    unreachable_nodes_with_port: Vec<WireEndpoint>,
    joining_nodes_with_port: Vec<WireEndpoint>,
    leaving_nodes_with_port: Vec<WireEndpoint>,
    moving_nodes_with_port: Vec<WireEndpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Load {
    count: i64,
}

/// Makes the report of the answers to [`questions`].
pub(crate) fn report(mut answers: Answers) -> Result<MembershipReport, NodeError> {
    let release = Release::take(&mut answers)?;
    let process = process::take(&mut answers)?;
    let state: State = answers.take()?;
    // A node that is starting registers this metric later than the rest.
    let load = answers.take_if_known::<Load>()?.ok();
    let repair_commands = running::take(&mut answers)?;
    let live = endpoints(state.live_nodes_with_port);
    let unreachable = endpoints(state.unreachable_nodes_with_port);
    let work = work::take(&mut answers, &live.union(&unreachable).copied().collect())?;
    let host_id = state.local_host_id.ok_or_else(|| {
        NodeError::new(
            NodeErrorKind::Failed,
            answers.place(),
            "Cassandra is not up yet: no host id",
        )
    })?;
    Ok(MembershipReport {
        host_id,
        process,
        cluster_name: state.cluster_name,
        partitioner: release.partitioner,
        release_version: release.version,
        schema_version: state.schema_version,
        operation_mode: state.operation_mode,
        gossip_running: state.gossip_running,
        native_transport_running: state.native_transport_running,
        load_bytes: load.and_then(|load| u64::try_from(load.count).ok()),
        live,
        unreachable,
        joining: endpoints(state.joining_nodes_with_port),
        leaving: endpoints(state.leaving_nodes_with_port),
        moving: endpoints(state.moving_nodes_with_port),
        repair_commands,
        work,
    })
}

fn endpoints(wire: Vec<WireEndpoint>) -> BTreeSet<Endpoint> {
    wire.into_iter().map(|WireEndpoint(endpoint)| endpoint).collect()
}
