//! A key that was made here.

use std::fmt;

use rcgen::{CertificateParams, DistinguishedName, KeyPair};

use crate::TrustError;

/// A private key, made on this machine, for which a certificate is asked. It never leaves the machine.
pub struct NewKey(KeyPair);

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewKey(***)")
    }
}

impl NewKey {
    /// A new one: ECDSA over P-256.
    ///
    /// # Errors
    /// When the machine has no randomness to give.
    pub fn make() -> Result<Self, TrustError> {
        KeyPair::generate()
            .map(Self)
            .map_err(|error| making("key", &error))
    }

    /// A request for a certificate (PKCS #10, PEM), signed by the key. It names nobody: who asks is said beside it.
    ///
    /// # Errors
    /// When the request cannot be signed.
    pub fn request(&self) -> Result<String, TrustError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .serialize_request(&self.0)
            .and_then(|request| request.pem())
            .map_err(|error| making("certificate request", &error))
    }

    /// The key itself (PKCS #8, PEM), for the file that keeps it.
    pub(crate) fn pem(&self) -> String {
        self.0.serialize_pem()
    }

    pub(crate) const fn pair(&self) -> &KeyPair {
        &self.0
    }

    pub(crate) fn into_pair(self) -> KeyPair {
        self.0
    }
}

pub(crate) fn making(what: &'static str, error: &rcgen::Error) -> TrustError {
    TrustError::Making {
        what,
        reason: error.to_string(),
    }
}
