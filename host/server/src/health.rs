//! Whether the host lives, and whether it has looked.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use ringkeeper_conductor::Conductor;

use crate::state::Host;

pub(crate) fn routes() -> Router<Host> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

/// Ready once every cluster was swept, while the journal can be written. Whether its nodes are well is a finding, not readiness.
async fn ready(State(conductor): State<Arc<Conductor>>) -> (StatusCode, String) {
    let waiting = conductor.not_ready();
    if waiting.is_empty() {
        return (StatusCode::OK, "ok\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, waiting.join("\n") + "\n")
}
