//! Answers HTTP over TLS, to few callers and each for a bounded time.
//!
//! Host and agents listen with it. The picture to keep in mind: whoever connects has a few seconds to shake hands, then a
//! bounded time for each request's headers, and must take what it is told; there are only so many connections at once, and
//! what comes beyond waits in the kernel. Handlers learn from the extensions [`Caller`] and [`Shown`] who called and which
//! certificate was shown; whether it may do what it asks is theirs to decide. The TLS side is asked for anew at every
//! connection, so that a renewed certificate is shown at once. On loopback the host may go without TLS.

mod connection;
mod places;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures::future::{Either, select};
use ringkeeper_trust::Fingerprint;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::places::Places;

/// How long a caller has to shake hands, and to send the headers of a request.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How long a caller may take nothing of what it is told.
const TAKING: Duration = Duration::from_secs(30);
/// How many callers there are at once.
pub const CALLERS: usize = 256;
/// Largest head of a request, in bytes: the first line with its path, and the headers.
const HEADER_BYTES: usize = 32 << 10;
/// Most headers of a request.
const HEADERS: usize = 64;
/// How long answers under way may take once it is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// How long to wait where the system gives no connection, as when it has no files left.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// The certificate that a caller showed; none where it showed none. An extension of every request over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub Option<Fingerprint>);

/// Where a caller called from. An extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller(pub SocketAddr);

/// How a connection is protected.
#[derive(Clone, Debug)]
pub enum Dress {
    /// Not at all: for loopback.
    Plain,
    /// By TLS.
    Tls(Arc<ServerConfig>),
}

/// Answers callers over TLS until `stop` is done, then lets those that are being answered finish for a while.
pub async fn serve(
    listener: TcpListener,
    tls: impl Fn() -> Option<Arc<ServerConfig>>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    serve_dressed(listener, || tls().map(Dress::Tls), CALLERS, router, stop).await;
}

/// The same, with TLS or without, and with only so many connections from one address at once: one more is closed unanswered.
pub async fn serve_dressed(
    listener: TcpListener,
    dress: impl Fn() -> Option<Dress>,
    of_one_address: usize,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(CALLERS));
    let places = Places::new(of_one_address);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let Either::Right(((Ok(room_for_one), accepted), _)) = select(&mut stop, pin!(next)).await else {
            break;
        };
        while connections.try_join_next().is_some() {}
        let (tcp, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(OUT_OF_FILES).await;
                continue;
            }
        };
        let (Some(dress), Some(place)) = (dress(), places.take(from.ip())) else {
            continue;
        };
        let router = router.clone();
        connections.spawn(async move {
            connection::answer(tcp, from, dress, router).await;
            drop((place, room_for_one));
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_ANSWERS, all).await;
}

#[cfg(test)]
mod tests;
