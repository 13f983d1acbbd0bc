//! The host's HTTP interface: the API, metrics and health.
//!
//! The picture to keep in mind: a thin skin. Every handler asks the conductor one question and sends its answer; no decision
//! is made here. It listens on a Unix socket that only the host's own user can open, so whoever can connect may ask; and
//! where it is told to on the network, behind a [`door`] that lets in who has a token and no more than its role may. What can
//! be asked, by whom, stands in one table ([`api`]).

mod agents;
mod api;
mod certificate;
mod deeds;
mod door;
mod extract;
mod health;
mod intake;
mod keys;
mod metrics;
mod network;
mod openapi;
mod peer;
mod problem;
mod route;
mod socket;
mod state;
mod streams;
mod tail;

pub use agents::agent_router;
pub use certificate::{Certificate, CertificateError};
pub use metrics::render as render_metrics;
pub use network::{Network, NetworkError, Terms};
pub use openapi::describe as describe_api;
pub use socket::{SocketError, bind};

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use ringkeeper_access::Access;
use ringkeeper_agents::Agents;
use ringkeeper_api::Role;
use ringkeeper_conductor::Conductor;
use tokio::net::UnixListener;
use tokio::sync::watch;

use crate::deeds::Deeds;
use crate::state::Host;

/// Where the host listens.
#[derive(Debug)]
pub struct Doors {
    /// For its own user.
    pub socket: UnixListener,
    /// For whoever has a token; none where it listens on its socket alone.
    pub network: Option<Network>,
}

impl From<UnixListener> for Doors {
    fn from(socket: UnixListener) -> Self {
        Self {
            socket,
            network: None,
        }
    }
}

/// Answers requests until `stop` is done, then lets those under way finish. Event streams end with `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    doors: Doors,
    conductor: Arc<Conductor>,
    agents: Option<Agents>,
    access: Access,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (deeds, carry_out) = Deeds::new();
    let (tell, stopping) = watch::channel(false);
    let host = Host {
        conductor,
        agents,
        access,
        // Whoever opens the socket may do anything.
        approvers: Role::Operator,
        deeds,
        keys: Arc::default(),
        streams: streams::Streams::default(),
        stopping: stopping.clone(),
    };
    let stop = async move {
        stop.await;
        tell.send_replace(true);
    };
    let network = doors
        .network
        .map(|network| network.serve(host.clone(), stopped(stopping)));
    let at_the_socket = router(host)
        .layer(from_fn(intake::read))
        .layer(from_fn(peer::at_the_socket))
        .layer(from_fn(intake::mark))
        .into_make_service_with_connect_info::<peer::Peer>();
    let answer = async move {
        axum::serve(doors.socket, at_the_socket)
            .with_graceful_shutdown(stop)
            .await
    };
    let network = async {
        if let Some(network) = network {
            network.await;
        }
    };
    futures::future::join3(answer, network, carry_out).await.0
}

/// Waits for the word to stop. If whoever gives it is gone, that is the word too.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Every route.
fn router(host: Host) -> Router {
    let once = keys::Once {
        keys: Arc::clone(&host.keys),
        deeds: host.deeds.clone(),
    };
    api::routes()
        .fallback(problem::no_such_path)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(from_fn_with_state(once, keys::once))
        // What is read of a body is bounded before, by the request's own line.
        .layer(DefaultBodyLimit::disable())
        .with_state(host)
}
