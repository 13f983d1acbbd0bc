//! One caller.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ringkeeper_trust::{Fingerprint, in_words};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::{HANDSHAKE, Shown};

pub(crate) async fn answer(tcp: TcpStream, from: SocketAddr, tls: Arc<ServerConfig>, router: Router) {
    let _ = tcp.set_nodelay(true);
    let shaken = tokio::time::timeout(HANDSHAKE, TlsAcceptor::from(tls).accept(tcp)).await;
    let stream = match shaken {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            let why = in_words(&error, "the caller").unwrap_or_else(|| error.to_string());
            tracing::warn!(%from, "a caller was turned away: {why}");
            return;
        }
        Err(_) => {
            tracing::warn!(%from, "a caller was turned away: it did not shake hands within {HANDSHAKE:?}");
            return;
        }
    };
    let shown = stream.get_ref().1.peer_certificates();
    let shown = Shown(
        shown
            .and_then(<[_]>::first)
            .map(|certificate| Fingerprint::of(certificate)),
    );
    let service = TowerToHyperService::new(router.layer(Extension(shown)));
    let answered = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = answered {
        tracing::debug!(%from, %error, "a connection ended early");
    }
}
