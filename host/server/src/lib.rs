//! The host's HTTP interface: the API, metrics and health.
//!
//! The picture to keep in mind: a thin skin. Every handler asks the conductor one question and sends its answer; no decision
//! is made here. It listens on a Unix socket that only the host's own user can open, so whoever can connect
//! may ask.

mod agents;
mod api;
mod deeds;
mod extract;
mod health;
mod keys;
mod metrics;
mod peer;
mod problem;
mod socket;
mod state;
mod tail;

pub use agents::agent_router;
pub use metrics::render as render_metrics;
pub use socket::{SocketError, bind};

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use ringkeeper_agents::Agents;
use ringkeeper_conductor::Conductor;
use tokio::net::UnixListener;
use tokio::sync::watch;

use crate::deeds::Deeds;
use crate::state::Host;

/// Answers requests until `stop` is done, then lets those under way finish. Event streams end with `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: UnixListener,
    conductor: Arc<Conductor>,
    agents: Option<Agents>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (deeds, carry_out) = Deeds::new();
    let (tell, stopping) = watch::channel(false);
    let host = Host {
        conductor,
        agents,
        deeds,
        keys: Arc::default(),
        stopping,
    };
    let stop = async move {
        stop.await;
        tell.send_replace(true);
    };
    let answer = async move {
        axum::serve(
            listener,
            router(host).into_make_service_with_connect_info::<peer::Peer>(),
        )
        .with_graceful_shutdown(stop)
        .await
    };
    futures::future::join(answer, carry_out).await.0
}

/// Every route.
fn router(host: Host) -> Router {
    Router::new()
        .nest(ringkeeper_api::BASE_PATH, api::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(host)
}
