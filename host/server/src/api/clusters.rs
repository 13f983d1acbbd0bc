//! Clusters, their nodes, findings and repairs, and plugins.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ringkeeper_api::{
    ClusterStatus, ClusterSummary, CoverageRow, NodeDetail, OpenFinding, PluginSummary, Problem, ProblemCode,
};
use ringkeeper_cluster::{LogQuestion, LogTail, NodeStorage};
use ringkeeper_conductor::Conductor;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Answer, Of};
use crate::extract::{Asked, Named};
use crate::problem::Failed;

pub(super) async fn clusters(State(conductor): State<Arc<Conductor>>) -> Json<Vec<ClusterSummary>> {
    Json(conductor.clusters())
}

pub(super) async fn cluster(
    State(conductor): State<Arc<Conductor>>,
    Named(cluster): Named<String>,
) -> Answer<ClusterStatus> {
    let status = conductor.status(Some(&cluster))?;
    status.map(Json).ok_or_else(|| not_swept(&cluster))
}

pub(super) async fn node(
    State(conductor): State<Arc<Conductor>>,
    Named((cluster, node)): Named<(String, String)>,
) -> Answer<NodeDetail> {
    let status = conductor
        .status(Some(&cluster))?
        .ok_or_else(|| not_swept(&cluster))?;
    conductor
        .node(Some(&cluster), &node)
        .await?
        .map(Json)
        .ok_or_else(|| {
            let nodes = status.data_centers.iter().flat_map(|centre| &centre.nodes);
            let known: Vec<String> = nodes.map(|node| node.address.ip().to_string()).collect();
            let message = format!("no node of `{cluster}` has the address or host id `{node}`");
            Failed::from(Problem::new(
                ProblemCode::NotFound,
                message,
                format!("there are: {}", known.join(", ")),
            ))
        })
}

pub(super) async fn log(
    State(conductor): State<Arc<Conductor>>,
    Named((cluster, node)): Named<(String, String)>,
    Asked(question): Asked<LogQuestion>,
) -> Answer<LogTail> {
    Ok(Json(conductor.node_log(Some(&cluster), &node, question).await?))
}

pub(super) async fn storage(
    State(conductor): State<Arc<Conductor>>,
    Named((cluster, node)): Named<(String, String)>,
) -> Answer<NodeStorage> {
    Ok(Json(conductor.node_storage(Some(&cluster), &node).await?))
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OfKeyspace {
    /// The keyspace; all of them where it is left out.
    keyspace: Option<String>,
}

pub(super) async fn repairs(
    State(conductor): State<Arc<Conductor>>,
    Named(cluster): Named<String>,
    Asked(of): Asked<OfKeyspace>,
) -> Answer<Vec<CoverageRow>> {
    let rows = conductor.coverage(Some(&cluster), of.keyspace.as_deref()).await?;
    Ok(Json(rows))
}

pub(super) async fn findings(
    State(conductor): State<Arc<Conductor>>,
    Asked(of): Asked<Of>,
) -> Answer<Vec<OpenFinding>> {
    Ok(Json(conductor.findings(of.cluster.as_deref())?))
}

pub(super) async fn plugins(State(conductor): State<Arc<Conductor>>) -> Json<Vec<PluginSummary>> {
    Json(conductor.plugin_summaries())
}

fn not_swept(cluster: &str) -> Failed {
    let message = format!("the host has not looked at `{cluster}` yet");
    Failed::from(Problem::new(
        ProblemCode::Unavailable,
        message,
        "ask again in a few seconds",
    ))
}
