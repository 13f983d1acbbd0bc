//! Believing an agent: signed by the authority, for that node, and known still.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::Fingerprint;

/// Whoever knows which certificates are good.
pub trait KnownAgents: fmt::Debug + Send + Sync {
    /// Whether this is a certificate of the agent of this node.
    fn is_known(&self, node: IpAddr, shown: Fingerprint) -> bool;
}

/// For whoever cannot know which were revoked since: what the authority signed is good.
#[derive(Clone, Copy, Debug)]
pub struct AllSigned;

impl KnownAgents for AllSigned {
    fn is_known(&self, _: IpAddr, _: Fingerprint) -> bool {
        true
    }
}

/// Checks chain, time and address as usual, and then whether the certificate was revoked or replaced since.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) chain: Arc<WebPkiServerVerifier>,
    pub(crate) agents: Arc<dyn KnownAgents>,
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.chain
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        let is_known = match server_name {
            ServerName::IpAddress(node) => self
                .agents
                .is_known(IpAddr::from(*node), Fingerprint::of(end_entity)),
            _ => false,
        };
        match is_known {
            true => Ok(verified),
            false => Err(Error::InvalidCertificate(CertificateError::Revoked)),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}
