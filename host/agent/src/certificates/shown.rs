//! What certificate a port shows.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ringkeeper_seams::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// When the first of the certificates ends that are shown there; none where none is.
pub(super) async fn shown_at(at: SocketAddr) -> Option<Timestamp> {
    let looking = Arc::new(Looking {
        provider: Arc::new(aws_lc_rs::default_provider()),
        ends: Mutex::default(),
    });
    let config = ClientConfig::builder_with_provider(Arc::clone(&looking.provider))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&looking) as _)
        .with_no_client_auth();
    let stream = TcpStream::connect(at).await.ok()?;
    let name = ServerName::IpAddress(at.ip().into());
    // Who asks for a certificate of ours ends the handshake, having shown its own.
    drop(TlsConnector::from(Arc::new(config)).connect(name, stream).await);
    *looking.ends.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at what is shown and believes nothing: nothing is said on such a connection.
#[derive(Debug)]
struct Looking {
    provider: Arc<CryptoProvider>,
    ends: Mutex<Option<Timestamp>>,
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = intermediates.iter().chain([end_entity]);
        let ends = shown.filter_map(|certificate| end_of(certificate)).min();
        *self.ends.lock().unwrap_or_else(PoisonError::into_inner) = ends;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn end_of(certificate: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let seconds = certificate.validity().not_after.timestamp();
    Some(Timestamp::from_millis(seconds.saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzz_certificates() {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(vec!["node-1".to_owned()]).unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        assert!(end_of(certificate.der()).is_some());
        ringkeeper_fuzz::bytes("certificates of nodes", &[certificate.der()], |bytes| {
            end_of(bytes).map(drop).ok_or_else(|| "no certificate".to_owned())
        });
    }
}
