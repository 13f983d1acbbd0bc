//! The agent's half.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use ringkeeper_seams::Timestamp;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};

use crate::host::provider;
use crate::{Fingerprint, NewKey, RENEWED_BEFORE, TrustError, folder};

/// What a host answers to an agent that it enrols or whose certificate it renews. No secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The address of the node that the agent is for; by it the host calls the agent.
    pub node: IpAddr,
    /// The agent's certificate (PEM).
    pub certificate: String,
    /// When it ends.
    pub expires: Timestamp,
    /// The certificate of the authority that signs the host (PEM).
    pub host_authority: String,
}

/// Who the agent is, and whom it believes; kept in one file.
pub struct AgentTrust {
    kept: Kept,
    chain: Vec<CertificateDer<'static>>,
    host: CertificateDer<'static>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    enrolment: Enrolment,
    key: String,
}

impl std::fmt::Debug for AgentTrust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AgentTrust({})", self.kept.enrolment.node)
    }
}

impl AgentTrust {
    /// Keeps what a host answered for this key in a file, in place of what was kept there.
    ///
    /// # Errors
    /// When the answer is of no use, or the file cannot be written; then it is as before.
    pub fn keep(file: &Path, key: &NewKey, enrolment: Enrolment) -> Result<Self, TrustError> {
        let kept = Kept {
            enrolment,
            key: key.pem(),
        };
        let text =
            serde_json::to_string_pretty(&kept).map_err(|error| unusable(file, "enrolment", &error))?;
        let trust = Self::of(file, kept)?;
        // A certificate for another key would make the agent mute.
        trust.server()?;
        folder::write(file, &text)?;
        Ok(trust)
    }

    /// What a file keeps; none where there is no such file: the agent was never enrolled.
    ///
    /// # Errors
    /// When the file is open to others or holds something else.
    pub fn load(file: &Path) -> Result<Option<Self>, TrustError> {
        let Some(text) = folder::read(file)? else {
            return Ok(None);
        };
        let kept = serde_json::from_str(&text).map_err(|error| unusable(file, "enrolment", &error))?;
        Self::of(file, kept).map(Some)
    }

    fn of(file: &Path, kept: Kept) -> Result<Self, TrustError> {
        let one = |pem: &str| {
            CertificateDer::from_pem_slice(pem.as_bytes())
                .map_err(|error| unusable(file, "certificate", &error))
        };
        Ok(Self {
            chain: vec![one(&kept.enrolment.certificate)?],
            host: one(&kept.enrolment.host_authority)?,
            kept,
        })
    }

    /// The address of the node that this agent is for.
    #[must_use]
    pub const fn node(&self) -> IpAddr {
        self.kept.enrolment.node
    }

    /// When its certificate ends.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.kept.enrolment.expires
    }

    /// Whether it is time to ask for the next certificate.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        now.after(RENEWED_BEFORE) >= self.expires()
    }

    /// Of the authority whose host it believes.
    #[must_use]
    pub fn host(&self) -> Fingerprint {
        Fingerprint::of(&self.host)
    }

    /// For connections to the agent: from its host, and from nobody else.
    ///
    /// # Errors
    /// When certificate and key do not belong together.
    pub fn server(&self) -> Result<Arc<ServerConfig>, TrustError> {
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(self.roots()?), provider())
            .build()
            .map_err(|error| TrustError::Tls(rustls::Error::General(error.to_string())))?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_client_cert_verifier(clients)
            .with_single_cert(self.chain.clone(), self.key()?)?;
        Ok(Arc::new(config))
    }

    /// For connections of the agent to its host, under [`crate::HOST_NAME`].
    ///
    /// # Errors
    /// When certificate and key do not belong together.
    pub fn client(&self) -> Result<Arc<ClientConfig>, TrustError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(self.roots()?)
            .with_client_auth_cert(self.chain.clone(), self.key()?)?;
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, TrustError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.host.clone())?;
        Ok(roots)
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, TrustError> {
        PrivateKeyDer::from_pem_slice(self.kept.key.as_bytes()).map_err(|error| TrustError::Making {
            what: "key",
            reason: error.to_string(),
        })
    }
}

fn unusable(file: &Path, what: &'static str, error: &dyn std::fmt::Display) -> TrustError {
    TrustError::Unusable {
        path: file.to_owned(),
        what,
        reason: error.to_string(),
    }
}
