//! Answers HTTP over mutual TLS, to few callers and each for a bounded time.
//!
//! Host and agents listen with it. The picture to keep in mind: whoever connects has a few seconds to shake hands, then a
//! bounded time for each request's headers; there are only so many connections at once, and what comes beyond waits in the
//! kernel. Handlers learn from the extension [`Shown`] which certificate the caller showed; whether it may do what it
//! asks is theirs to decide. The TLS side is asked for anew at every connection, so that a renewed certificate is shown at
//! once.

mod connection;

use std::future::Future;
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

/// How long a caller has to shake hands, and to send the headers of a request.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How many callers there are at once.
const CALLERS: usize = 256;
/// How long answers under way may take once it is told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// How long to wait where the system gives no connection, as when it has no files left.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// The certificate that a caller showed; none where it showed none. An extension of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(pub Option<Fingerprint>);

/// Answers callers until `stop` is done, then lets those that are being answered finish for a while.
pub async fn serve(
    listener: TcpListener,
    tls: impl Fn() -> Option<Arc<ServerConfig>>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let room = Arc::new(Semaphore::new(CALLERS));
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let Either::Right(((Ok(place), accepted), _)) = select(&mut stop, pin!(next)).await else {
            break;
        };
        while connections.try_join_next().is_some() {}
        match (accepted, tls()) {
            (Ok((tcp, from)), Some(tls)) => {
                let router = router.clone();
                connections.spawn(async move {
                    connection::answer(tcp, from, tls, router).await;
                    drop(place);
                });
            }
            (Ok(_), None) => {}
            (Err(error), _) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(OUT_OF_FILES).await;
            }
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_ANSWERS, all).await;
}

#[cfg(test)]
mod tests;
