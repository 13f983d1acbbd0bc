//! Where the host listens on the network.

use std::future::Future;
use std::net::SocketAddr;

use axum::middleware::{from_fn, from_fn_with_state};
use ringkeeper_api::Role;
use ringkeeper_listener::Dress;
use thiserror::Error;
use tokio::net::TcpListener;

use crate::certificate::Certificate;
use crate::door::{self, Door};
use crate::state::Host;
use crate::{intake, router};

/// Connections that one address may have at once.
const OF_ONE_ADDRESS: usize = 64;

/// Why the host cannot listen there.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// Other machines reach it, and nothing would be encrypted.
    #[error(
        "other machines can reach {0}, and nothing is encrypted; set tls_certificate and tls_key in [host], or listen on loopback"
    )]
    Unencrypted(SocketAddr),
    /// The operating system refuses.
    #[error("cannot listen on {at}: {source}; set `listen` in [host] to a free address and port")]
    Refused {
        /// Where.
        at: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// A place on the network, listened on.
#[derive(Debug)]
pub struct Network {
    listener: TcpListener,
    certificate: Option<Certificate>,
    terms: Terms,
}

/// On which terms the host answers there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The names by which it may be asked, in lower case; by its address and as `localhost` it may be asked always.
    pub allowed_hosts: Vec<String>,
    /// Which role it takes to approve what waits for a person's word.
    pub approvers: Role,
}

impl Network {
    /// Listens at an address; without a certificate on loopback alone.
    ///
    /// # Errors
    /// When other machines would reach it unencrypted, or the operating system refuses.
    pub async fn bind(
        at: SocketAddr,
        certificate: Option<Certificate>,
        terms: Terms,
    ) -> Result<Self, NetworkError> {
        if certificate.is_none() && !at.ip().is_loopback() {
            return Err(NetworkError::Unencrypted(at));
        }
        let listener = TcpListener::bind(at).await;
        Ok(Self {
            listener: listener.map_err(|source| NetworkError::Refused { at, source })?,
            certificate,
            terms,
        })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the operating system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` is done.
    pub(crate) async fn serve(self, host: Host, stop: impl Future<Output = ()>) {
        let door = Door::new(host.access.clone(), host.deeds.clone(), self.terms.allowed_hosts);
        let approvers = self.terms.approvers;
        let router = router(Host { approvers, ..host })
            .layer(from_fn(intake::read))
            .layer(from_fn_with_state(door, door::let_in))
            .layer(from_fn(intake::mark));
        let dress = || {
            let certificate = self.certificate.as_ref();
            Some(certificate.map_or(Dress::Plain, |certificate| Dress::Tls(certificate.now())))
        };
        ringkeeper_listener::serve_dressed(self.listener, dress, OF_ONE_ADDRESS, router, stop).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms {
            allowed_hosts: Vec::new(),
            approvers: Role::Operator,
        }
    }

    #[tokio::test]
    async fn nothing_listens_off_loopback_without_tls() {
        for at in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let refused = Network::bind(at.parse().unwrap(), None, terms()).await;
            assert!(
                matches!(refused, Err(NetworkError::Unencrypted(_))),
                "{refused:?}"
            );
        }
        let local = Network::bind("127.0.0.1:0".parse().unwrap(), None, terms()).await;
        assert!(local.unwrap().address().unwrap().ip().is_loopback());
    }
}
