//! `POST /v1/tools/…`: what the host asks about tools.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::routing::post;
use axum::{Json, Router};
use ringkeeper_api::{ToolPrintedRequest, ToolRequest, ToolStateRequest};
use ringkeeper_cluster::{ToolPiece, ToolState};

use super::ToolOrders;
use crate::routes::{Refusal, is_meant, nonsense};

#[derive(Clone, Debug)]
struct Own {
    node: IpAddr,
    tools: Arc<ToolOrders>,
}

/// The routes of the tools of this node.
pub(crate) fn routes(node: IpAddr, tools: Arc<ToolOrders>) -> Router {
    Router::new()
        .route("/v1/tools/run", post(run))
        .route("/v1/tools/state", post(state))
        .route("/v1/tools/printed", post(printed))
        .with_state(Own { node, tools })
}

async fn run(
    State(own): State<Own>,
    request: Result<Json<ToolRequest>, JsonRejection>,
) -> Result<Json<ToolState>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.place.endpoint.ip())?;
    Ok(Json(own.tools.take(request.order, request.call).await?))
}

async fn state(
    State(own): State<Own>,
    request: Result<Json<ToolStateRequest>, JsonRejection>,
) -> Result<Json<ToolState>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.place.endpoint.ip())?;
    if request.number == 0 {
        own.tools.ready().await?;
    }
    Ok(Json(own.tools.state(request.number)))
}

async fn printed(
    State(own): State<Own>,
    request: Result<Json<ToolPrintedRequest>, JsonRejection>,
) -> Result<Json<ToolPiece>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.place.endpoint.ip())?;
    Ok(Json(own.tools.printed(
        request.number,
        request.stream,
        request.from,
    )?))
}
