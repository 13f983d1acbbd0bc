//! Why access to a cluster cannot be set up.

use std::path::PathBuf;

use thiserror::Error;

use crate::UrlError;

/// Settings that cannot work; found before any node is asked.
#[derive(Debug, Error)]
pub enum AccessError {
    /// There is nowhere to begin.
    #[error("no contact point: name at least one node")]
    NoContactPoint,
    /// A contact point that is neither address nor host name.
    #[error("contact point `{0}` is neither an IP address nor a host name, with an optional storage port")]
    ContactPoint(String),
    /// A URL that is no template of a Jolokia endpoint.
    #[error("the Jolokia URL `{url}` {reason}")]
    Url {
        /// The URL as configured, credentials left out.
        url: String,
        /// What is wrong with it.
        reason: UrlError,
    },
    /// One half of a pair of credentials.
    #[error("{protocol} has a {given} but no {missing}")]
    HalfCredentials {
        /// Jolokia or CQL.
        protocol: &'static str,
        /// What was given.
        given: &'static str,
        /// What was not.
        missing: &'static str,
    },
    /// An encrypted connection without an authority to believe.
    #[error("{protocol} is encrypted but no certificate authority is named: set its CA file")]
    NoAuthority {
        /// Jolokia or CQL.
        protocol: &'static str,
    },
    /// A file of certificates or keys that cannot be used.
    #[error("cannot use `{path}`: {reason}")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The cryptography of an encrypted connection could not be set up.
    #[error("cannot set up encryption for {protocol}: {error}")]
    Tls {
        /// Jolokia or CQL.
        protocol: &'static str,
        /// Why.
        error: rustls::Error,
    },
    /// The credentials do not fit into a header of HTTP.
    #[error("cannot set up HTTP: {0}")]
    Http(#[from] hyper::header::InvalidHeaderValue),
}
