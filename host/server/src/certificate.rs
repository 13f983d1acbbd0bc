//! The certificate that the host shows on the network.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

/// Why it cannot be shown.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A file holds nothing that can be used.
    #[error("{path} holds no usable {what}: {reason}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// `certificate` or `private key`.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// They are not of each other.
    #[error("{key} is not the key of {certificate}: {source}")]
    Apart {
        /// The file with the certificate.
        certificate: PathBuf,
        /// The file with the key.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// A certificate and its key in two files. When they change they are read again, so that a renewed one is shown without a
/// restart; one that cannot be used does not take the place of the one before.
#[derive(Debug)]
pub struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
    read: Mutex<(Changed, Arc<ServerConfig>)>,
}

/// When the files last changed.
type Changed = [Option<SystemTime>; 2];

impl Certificate {
    /// Reads both.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, CertificateError> {
        let changed = changed(certificate, key);
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            read: Mutex::new((changed, config(certificate, key)?)),
        })
    }

    /// For the next connection.
    pub(crate) fn now(&self) -> Arc<ServerConfig> {
        let changed = changed(&self.certificate, &self.key);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.0 != changed {
            read.0 = changed;
            match config(&self.certificate, &self.key) {
                Ok(config) => {
                    tracing::info!(certificate = %self.certificate.display(), "the certificate for the network was read again");
                    read.1 = config;
                }
                Err(error) => tracing::warn!("the certificate from before is shown on: {error}"),
            }
        }
        Arc::clone(&read.1)
    }
}

fn changed(certificate: &Path, key: &Path) -> Changed {
    [certificate, key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
}

fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, CertificateError> {
    let unusable = |path: &Path, what, reason: &dyn ToString| CertificateError::Unusable {
        path: path.to_owned(),
        what,
        reason: reason.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, "certificate", &error))?;
    if chain.is_empty() {
        return Err(unusable(certificate, "certificate", &"there is none in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, "private key", &error))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
    let mut config = config.map_err(|source| CertificateError::Apart {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        source,
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A folder with `host.pem` and `host.key` that are of each other.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "host");
        folder
    }

    fn write(folder: &Path, name: &str) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        std::fs::write(folder.join(format!("{name}.pem")), made.cert.pem()).unwrap();
        std::fs::write(
            folder.join(format!("{name}.key")),
            made.signing_key.serialize_pem(),
        )
        .unwrap();
    }

    #[test]
    fn what_cannot_be_used_is_said_by_its_file() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        write(folder.path(), "other");
        std::fs::write(at("empty.pem"), "").unwrap();
        for (certificate, key, words) in [
            ("empty.pem", "host.key", "empty.pem holds no usable certificate"),
            ("host.pem", "host.pem", "host.pem holds no usable private key"),
            ("host.pem", "other.key", "other.key is not the key of"),
        ] {
            let error = Certificate::read(&at(certificate), &at(key)).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn a_renewed_certificate_is_shown_at_once_and_a_spoilt_one_never() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        let certificate = Certificate::read(&at("host.pem"), &at("host.key")).unwrap();
        let first = certificate.now();
        assert!(Arc::ptr_eq(&first, &certificate.now()));
        let mut later = std::fs::metadata(at("host.pem")).unwrap().modified().unwrap();
        let mut touch = || {
            later += Duration::from_secs(5);
            let file = std::fs::File::options().write(true).open(at("host.pem")).unwrap();
            file.set_modified(later).unwrap();
        };
        std::fs::write(at("host.pem"), "spoilt").unwrap();
        touch();
        assert!(Arc::ptr_eq(&first, &certificate.now()));
        write(folder.path(), "host");
        touch();
        assert!(!Arc::ptr_eq(&first, &certificate.now()));
    }
}
