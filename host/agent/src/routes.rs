//! What an agent answers to its host.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use ringkeeper_api::AgentAnswer;
use ringkeeper_seams::Clock;

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) node: IpAddr,
    pub(crate) clock: Arc<dyn Clock>,
}

pub(crate) fn router(own: Own) -> Router {
    Router::new().route("/v1/agent", get(about)).with_state(own)
}

async fn about(State(own): State<Own>) -> Json<AgentAnswer> {
    Json(AgentAnswer {
        node: own.node,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: own.clock.now(),
    })
}
