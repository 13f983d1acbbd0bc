//! Whether the host lives, and whether it has looked.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use ringkeeper_conductor::Conductor;

/// What both answer with.
pub(crate) const PLAIN: &str = "text/plain; charset=utf-8";

pub(crate) async fn lives() -> &'static str {
    "ok\n"
}

/// Ready once every cluster was swept, while the journal can be written. Whether its nodes are well is a finding, not readiness.
pub(crate) async fn ready(State(conductor): State<Arc<Conductor>>) -> (StatusCode, String) {
    let waiting = conductor.not_ready();
    if waiting.is_empty() {
        return (StatusCode::OK, "ok\n".to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, waiting.join("\n") + "\n")
}
