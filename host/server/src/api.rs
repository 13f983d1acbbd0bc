//! `/api/v1`: questions to the conductor.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use ringkeeper_api::{
    ClusterStatus, ClusterSummary, NodeDetail, OpenFinding, PlanAnswer, PlanRequest, PluginSummary, Problem,
    ProblemCode,
};
use ringkeeper_conductor::Conductor;
use serde::Deserialize;

use crate::problem::Failed;

/// Largest request body, in bytes.
const BODY_BYTES: usize = 64 << 10;

type Answer<T> = Result<Json<T>, Failed>;

pub(crate) fn routes() -> Router<Arc<Conductor>> {
    Router::new()
        .route("/clusters", get(clusters))
        .route("/clusters/{cluster}", get(cluster))
        .route("/clusters/{cluster}/nodes/{node}", get(node))
        .route("/findings", get(findings))
        .route("/plugins", get(plugins))
        .route("/plans", post(plan))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

async fn clusters(State(conductor): State<Arc<Conductor>>) -> Json<Vec<ClusterSummary>> {
    Json(conductor.clusters())
}

async fn cluster(
    State(conductor): State<Arc<Conductor>>,
    cluster: Result<Path<String>, PathRejection>,
) -> Answer<ClusterStatus> {
    let Path(cluster) = cluster.map_err(|rejection| invalid(rejection.body_text()))?;
    let status = conductor.status(Some(&cluster))?;
    status.map(Json).ok_or_else(|| not_swept(&cluster))
}

async fn node(
    State(conductor): State<Arc<Conductor>>,
    names: Result<Path<(String, String)>, PathRejection>,
) -> Answer<NodeDetail> {
    let Path((cluster, node)) = names.map_err(|rejection| invalid(rejection.body_text()))?;
    let status = conductor
        .status(Some(&cluster))?
        .ok_or_else(|| not_swept(&cluster))?;
    conductor.node(Some(&cluster), &node)?.map(Json).ok_or_else(|| {
        let nodes = status.data_centers.iter().flat_map(|centre| &centre.nodes);
        let known: Vec<String> = nodes.map(|node| node.address.ip().to_string()).collect();
        let message = format!("no node of `{cluster}` has the address or host id `{node}`");
        Failed(Problem::new(
            ProblemCode::NotFound,
            message,
            format!("there are: {}", known.join(", ")),
        ))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingsQuery {
    cluster: Option<String>,
}

async fn findings(
    State(conductor): State<Arc<Conductor>>,
    query: Result<Query<FindingsQuery>, QueryRejection>,
) -> Answer<Vec<OpenFinding>> {
    let Query(query) = query.map_err(|rejection| invalid(rejection.body_text()))?;
    Ok(Json(conductor.findings(query.cluster.as_deref())?))
}

async fn plugins(State(conductor): State<Arc<Conductor>>) -> Json<Vec<PluginSummary>> {
    Json(conductor.plugin_summaries())
}

async fn plan(
    State(conductor): State<Arc<Conductor>>,
    request: Result<Json<PlanRequest>, JsonRejection>,
) -> Answer<PlanAnswer> {
    let Json(request) = request.map_err(|rejection| invalid(rejection.body_text()))?;
    Ok(Json(conductor.dry_run(&request).await?))
}

fn not_swept(cluster: &str) -> Failed {
    let message = format!("the host has not looked at `{cluster}` yet");
    Failed(Problem::new(
        ProblemCode::Unavailable,
        message,
        "ask again in a few seconds",
    ))
}

fn invalid(message: String) -> Failed {
    Failed(Problem::plain(ProblemCode::Invalid, message))
}
