//! One caller.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ringkeeper_trust::{Fingerprint, in_words};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use crate::{Caller, Dress, HANDSHAKE, HEADER_BYTES, HEADERS, Shown, TAKING};

/// A caller who takes nothing for too long is cut off.
type Tcp = Pin<Box<TimeoutStream<TcpStream>>>;

pub(crate) async fn answer(tcp: TcpStream, from: SocketAddr, dress: Dress, router: Router) {
    let _ = tcp.set_nodelay(true);
    let mut tcp = TimeoutStream::new(tcp);
    tcp.set_write_timeout(Some(TAKING));
    let router = router.layer(Extension(Caller(from)));
    match dress {
        Dress::Plain => converse(Box::pin(tcp), from, router).await,
        Dress::Tls(tls) => {
            let Some((stream, shown)) = shake_hands(Box::pin(tcp), from, tls).await else {
                return;
            };
            converse(stream, from, router.layer(Extension(shown))).await;
        }
    }
}

async fn shake_hands(
    tcp: Tcp,
    from: SocketAddr,
    tls: Arc<ServerConfig>,
) -> Option<(tokio_rustls::server::TlsStream<Tcp>, Shown)> {
    let shaken = tokio::time::timeout(HANDSHAKE, TlsAcceptor::from(tls).accept(tcp)).await;
    let stream = match shaken {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            let why = in_words(&error, "the caller").unwrap_or_else(|| error.to_string());
            tracing::warn!(%from, "a caller was turned away: {why}");
            return None;
        }
        Err(_) => {
            tracing::warn!(%from, "a caller was turned away: it did not shake hands within {HANDSHAKE:?}");
            return None;
        }
    };
    let shown = stream.get_ref().1.peer_certificates();
    let shown = Shown(
        shown
            .and_then(<[_]>::first)
            .map(|certificate| Fingerprint::of(certificate)),
    );
    Some((stream, shown))
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    from: SocketAddr,
    router: Router,
) {
    let answered = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE)
        .max_buf_size(HEADER_BYTES)
        .max_headers(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        .await;
    if let Err(error) = answered {
        tracing::debug!(%from, %error, "a connection ended early");
    }
}
