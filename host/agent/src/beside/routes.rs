//! `POST /v1/node/…`: what the host asks about the node's files.

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::routing::post;
use axum::{Json, Router};
use ringkeeper_api::{LogRequest, MachineRequest};
use ringkeeper_cluster::{Installed, LogTail, NodeStorage};

use super::Beside;
use crate::routes::{Refusal, is_meant, nonsense};

/// The routes of what is beside this node.
pub(crate) fn routes(beside: Beside) -> Router {
    Router::new()
        .route("/v1/node/log", post(log))
        .route("/v1/node/storage", post(storage))
        .route("/v1/node/installed", post(installed))
        .with_state(beside)
}

async fn log(
    State(own): State<Beside>,
    request: Result<Json<LogRequest>, JsonRejection>,
) -> Result<Json<LogTail>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.endpoint.ip())?;
    Ok(Json(own.log(request.question).await?))
}

async fn storage(
    State(own): State<Beside>,
    request: Result<Json<MachineRequest>, JsonRejection>,
) -> Result<Json<NodeStorage>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.endpoint.ip())?;
    Ok(Json(own.storage().await?))
}

async fn installed(
    State(own): State<Beside>,
    request: Result<Json<MachineRequest>, JsonRejection>,
) -> Result<Json<Installed>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.endpoint.ip())?;
    Ok(Json(own.installed().await?))
}
