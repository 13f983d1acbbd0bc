//! Encrypted connections: which authority is believed, which certificate is shown.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, DigitallySignedStruct, RootCertStore, SignatureScheme,
    WantsVerifier,
};

use crate::{AccessError, TlsSettings};

/// The TLS side of one protocol (`Jolokia` or `CQL`).
pub(crate) fn client_config(
    protocol: &'static str,
    settings: &TlsSettings,
) -> Result<ClientConfig, AccessError> {
    let ca_file = settings
        .ca_file
        .as_deref()
        .ok_or(AccessError::NoAuthority { protocol })?;
    let roots = Arc::new(authorities(ca_file)?);
    let builder = versions(protocol)?;
    let builder = if settings.verify_host_name {
        builder.with_root_certificates(roots)
    } else {
        let chain = WebPkiServerVerifier::builder_with_provider(roots, provider())
            .build()
            .map_err(|error| refuse(ca_file, error))?;
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyName { chain }))
    };
    match (settings.certificate_file.as_deref(), settings.key_file.as_deref()) {
        (None, None) => Ok(builder.with_no_client_auth()),
        (Some(certificate_file), Some(key_file)) => {
            let chain = certificates(certificate_file)?;
            let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| refuse(key_file, error))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| refuse(certificate_file, error))
        }
        (Some(_), None) => Err(AccessError::HalfCredentials {
            protocol,
            given: "certificate",
            missing: "key",
        }),
        (None, Some(_)) => Err(AccessError::HalfCredentials {
            protocol,
            given: "key",
            missing: "certificate",
        }),
    }
}

fn versions(protocol: &'static str) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, AccessError> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| AccessError::Tls { protocol, error })
}

/// Named here rather than installed for the process, so that no other crate's choice matters.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

fn authorities(file: &Path) -> Result<RootCertStore, AccessError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| refuse(file, error))?;
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, AccessError> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| refuse(file, error))?;
    if certificates.is_empty() {
        return Err(refuse(file, "no PEM certificate in it"));
    }
    Ok(certificates)
}

fn refuse(path: &Path, reason: impl ToString) -> AccessError {
    AccessError::Certificate {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// Checks the chain and its validity as usual, but lets a certificate name another host.
#[derive(Debug)]
struct AnyName {
    chain: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self
            .chain
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        {
            // The name is checked last: whoever gets here has a valid chain.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.chain.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn error(settings: &TlsSettings) -> String {
        client_config("Jolokia", settings).unwrap_err().to_string()
    }

    #[test]
    fn certificates_that_cannot_work_are_refused_before_any_connection() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let signed = rcgen::generate_simple_self_signed(["node".to_owned()]).unwrap();
        let ca_file = Some(file("ca.pem", &signed.cert.pem()));
        let empty = file("empty.pem", "hello");

        let none = TlsSettings::default();
        assert_eq!(
            error(&none),
            "Jolokia is encrypted but no certificate authority is named: set its CA file"
        );
        let not_pem = TlsSettings {
            ca_file: Some(empty.clone()),
            ..none.clone()
        };
        assert_eq!(
            error(&not_pem),
            format!("cannot use `{}`: no PEM certificate in it", empty.display())
        );
        let half = TlsSettings {
            ca_file: ca_file.clone(),
            certificate_file: ca_file.clone(),
            ..none.clone()
        };
        assert_eq!(error(&half), "Jolokia has a certificate but no key");
        let no_key = TlsSettings {
            key_file: Some(empty),
            ..half.clone()
        };
        assert!(error(&no_key).starts_with("cannot use `"), "{}", error(&no_key));
        let whole = TlsSettings {
            key_file: Some(file("key.pem", &signed.signing_key.serialize_pem())),
            ..half
        };
        client_config("Jolokia", &whole).unwrap();
    }
}
