//! The host's HTTP interface: the API, metrics and health.
//!
//! The picture to keep in mind: a thin skin. Every handler asks the conductor one question and sends its answer; no decision
//! is made here. It listens on a Unix socket that only the host's own user can open, so whoever can connect
//! may ask.

mod api;
mod health;
mod metrics;
mod problem;
mod socket;

pub use metrics::render as render_metrics;
pub use socket::{SocketError, bind};

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use ringkeeper_conductor::Conductor;
use tokio::net::UnixListener;

/// Answers requests until `stop` is done, then lets those under way finish.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: UnixListener,
    conductor: Arc<Conductor>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(conductor))
        .with_graceful_shutdown(stop)
        .await
}

/// Every route.
pub fn router(conductor: Arc<Conductor>) -> Router {
    Router::new()
        .nest(ringkeeper_api::BASE_PATH, api::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(conductor)
}
