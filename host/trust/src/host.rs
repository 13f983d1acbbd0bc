//! The host's half.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rcgen::SanType;
use ringkeeper_seams::{Clock, Timestamp};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, ServerConfig};

use crate::agent::Enrolment;
use crate::authority::Authority;
use crate::end::end_of;
use crate::fresh::Fresh;
use crate::known::{Known, KnownAgents};
use crate::{Fingerprint, Token, TrustError};

const OF_AGENTS: &str = "authority-of-agents.pem";
const OF_HOST: &str = "authority-of-host.pem";

/// Both authorities, and the host's own certificate.
#[derive(Debug)]
pub struct HostTrust {
    agents: Authority,
    host: Arc<Authority>,
    own: Arc<Fresh>,
    clock: Arc<dyn Clock>,
}

/// A certificate for an agent.
#[derive(Debug)]
pub struct Signed {
    /// What the agent is answered.
    pub enrolment: Enrolment,
    /// By what the host knows the agent from now on.
    pub fingerprint: Fingerprint,
}

impl HostTrust {
    /// The authorities that a folder of the host keeps; new ones where it keeps none. The folder is the host's alone.
    ///
    /// # Errors
    /// When a file cannot be read or written, is open to others, or holds something else.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, TrustError> {
        let now = clock.now();
        let agents = Authority::open(&folder.join(OF_AGENTS), "Ringkeeper agents", now)?;
        let host = Arc::new(Authority::open(&folder.join(OF_HOST), "Ringkeeper host", now)?);
        let own = Arc::new(Fresh::new(Arc::clone(&host), Arc::clone(&clock))?);
        Ok(Self {
            agents,
            host,
            own,
            clock,
        })
    }

    /// Of the authority that signs the host; part of every token.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.host.fingerprint()
    }

    /// When the first of both authorities ends; none where that cannot be read.
    #[must_use]
    pub fn authorities_end(&self) -> Option<Timestamp> {
        let ends = [&self.agents, &*self.host].map(|authority| end_of(authority.certificate()));
        ends.into_iter().collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// A new token. `name` is of this token alone: it names where its randomness comes from.
    #[must_use]
    pub fn token(&self, entropy: &ringkeeper_seams::Entropy, name: &str) -> Token {
        Token::draw(&mut entropy.stream(name), self.fingerprint())
    }

    /// Signs a certificate for the agent of the node with this address. Whether it may have one was asked before.
    ///
    /// # Errors
    /// When the request is none, or its signature is not that of its key.
    pub fn sign(&self, node: IpAddr, request: &str) -> Result<Signed, TrustError> {
        let called = format!("agent of {node}");
        let now = self.clock.now();
        let certified = self
            .agents
            .sign(request, &called, SanType::IpAddress(node), now)?;
        Ok(Signed {
            fingerprint: Fingerprint::of(&certified.der),
            enrolment: Enrolment {
                node,
                certificate: certified.pem,
                expires: certified.expires,
                host_authority: self.host.pem().to_owned(),
            },
        })
    }

    /// For connections of agents to the host. One without a certificate can do nothing but enrol, and whoever answers has to
    /// see to that.
    ///
    /// # Errors
    /// When the cryptography refuses.
    pub fn listener(&self) -> Result<Arc<ServerConfig>, TrustError> {
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(self.agents.roots()?), provider())
            .allow_unauthenticated()
            .build()
            .map_err(|error| TrustError::Tls(rustls::Error::General(error.to_string())))?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(clients)
            .with_cert_resolver(Arc::clone(&self.own) as _);
        Ok(Arc::new(config))
    }

    /// For connections of the host to its agents, each asked for by its node's address and with a certificate that is known.
    ///
    /// # Errors
    /// When the cryptography refuses.
    pub fn client(&self, agents: Arc<dyn KnownAgents>) -> Result<Arc<ClientConfig>, TrustError> {
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(self.agents.roots()?), provider())
            .build()
            .map_err(|error| TrustError::Tls(rustls::Error::General(error.to_string())))?;
        let mut config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Known { chain, agents }))
            .with_client_cert_resolver(Arc::clone(&self.own) as _);
        // A ticket would let an agent in again that was revoked since.
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }
}

/// Named here rather than installed for the process, so that no other crate's choice matters.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}
