//! The host's own certificate, made anew before it grows old.

use std::sync::{Arc, Mutex, PoisonError};

use rcgen::SanType;
use ringkeeper_seams::{Clock, Timestamp};
use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;

use crate::authority::Authority;
use crate::host::provider;
use crate::key::{NewKey, making};
use crate::{HOST_NAME, RENEWED_BEFORE, TrustError};

/// A certificate that lives in memory alone. It brings its authority's along, for agents that know only a fingerprint of
/// that.
#[derive(Debug)]
pub(crate) struct Fresh {
    authority: Arc<Authority>,
    clock: Arc<dyn Clock>,
    newest: Mutex<(Arc<CertifiedKey>, Timestamp)>,
}

impl Fresh {
    pub(crate) fn new(authority: Arc<Authority>, clock: Arc<dyn Clock>) -> Result<Self, TrustError> {
        let first = make(&authority, clock.now())?;
        Ok(Self {
            authority,
            clock,
            newest: Mutex::new(first),
        })
    }

    fn get(&self) -> Arc<CertifiedKey> {
        let now = self.clock.now();
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if now.after(RENEWED_BEFORE) >= newest.1
            && let Ok(made) = make(&self.authority, now)
        {
            *newest = made;
        }
        Arc::clone(&newest.0)
    }
}

fn make(authority: &Authority, now: Timestamp) -> Result<(Arc<CertifiedKey>, Timestamp), TrustError> {
    let key = NewKey::make()?;
    let name = HOST_NAME
        .try_into()
        .map_err(|error| making("certificate", &error))?;
    let certified = authority.sign(&key.request()?, HOST_NAME, SanType::DnsName(name), now)?;
    let private =
        PrivateKeyDer::from_pem_slice(key.pem().as_bytes()).map_err(|error| TrustError::Making {
            what: "key",
            reason: error.to_string(),
        })?;
    let chain = vec![certified.der, authority.certificate().clone()];
    let key = CertifiedKey::from_der(chain, private, &provider())?;
    Ok((Arc::new(key), certified.expires))
}

impl ResolvesServerCert for Fresh {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.get())
    }
}

impl ResolvesClientCert for Fresh {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.get())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
