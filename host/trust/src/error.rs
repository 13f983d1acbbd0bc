//! Why trust cannot be had.

use std::path::PathBuf;

use thiserror::Error;

/// Why keys and certificates could not be made, kept or read.
#[derive(Debug, Error)]
pub enum TrustError {
    /// A file could not be read or written.
    #[error("cannot {doing} {path}: {source}")]
    File {
        /// `read`, `write` or `make`.
        doing: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Other users can read a private key.
    #[error(
        "{path} holds a private key and is open to other users (mode {mode:03o}); to close it: chmod 600 {path}"
    )]
    Open {
        /// Which.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Half of a pair is missing, so that nobody can go on with the other half.
    #[error(
        "{missing} is missing, although {there} is there; put it back from a backup, or remove both and enrol every agent again"
    )]
    Half {
        /// The file that is not there.
        missing: PathBuf,
        /// The file that is.
        there: PathBuf,
    },
    /// What is in a file is no key or certificate.
    #[error("{path} holds no usable {what}: {reason}")]
    Unusable {
        /// Which.
        path: PathBuf,
        /// `private key` or `certificate`.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// A request for a certificate that is none.
    #[error("the certificate request cannot be used: {0}")]
    Request(String),
    /// A key or a certificate could not be made.
    #[error("a {what} could not be made: {reason}")]
    Making {
        /// `key` or `certificate`.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The cryptography refuses.
    #[error("encryption could not be set up: {0}")]
    Tls(#[from] rustls::Error),
}
