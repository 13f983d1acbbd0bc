//! An authority of our own.

use std::fmt;
use std::path::Path;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use ringkeeper_seams::Timestamp;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use time::OffsetDateTime;

use crate::key::{NewKey, making};
use crate::{CLOCKS_APART, Fingerprint, LIFETIME, TrustError, folder};

/// Longer than any host lives: a new authority means that every agent enrols again.
const AUTHORITY_YEARS: u64 = 20;

/// Key and certificate of an authority, in one file.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

/// A certificate that was signed.
pub(crate) struct Certified {
    pub(crate) der: CertificateDer<'static>,
    pub(crate) pem: String,
    pub(crate) expires: Timestamp,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({})", self.fingerprint())
    }
}

impl Authority {
    /// The one that the file keeps, or a new one that it keeps from now on.
    pub(crate) fn open(file: &Path, called: &str, now: Timestamp) -> Result<Self, TrustError> {
        let text = match folder::read(file)? {
            Some(text) => text,
            None => {
                let text = make(called, now)?;
                folder::write(file, &text)?;
                text
            }
        };
        let unusable = |what, reason: String| TrustError::Unusable {
            path: file.to_owned(),
            what,
            reason,
        };
        let key = KeyPair::from_pem(&text).map_err(|error| unusable("private key", error.to_string()))?;
        let certificate = CertificateDer::from_pem_slice(text.as_bytes())
            .map_err(|error| unusable("certificate", error.to_string()))?;
        let issuer = Issuer::from_ca_cert_der(&certificate, key)
            .map_err(|error| unusable("certificate", error.to_string()))?;
        let begin = text.find("-----BEGIN CERTIFICATE").unwrap_or_default();
        let pem = text.get(begin..).unwrap_or_default().to_owned();
        Ok(Self {
            issuer,
            certificate,
            pem,
        })
    }

    pub(crate) const fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// Its certificate (PEM).
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.certificate)
    }

    /// Believing this authority alone.
    pub(crate) fn roots(&self) -> Result<RootCertStore, TrustError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        Ok(roots)
    }

    /// Signs a certificate for whoever is `called` so, under this name and for the key of the request. Whatever else the
    /// request asks for is left out.
    pub(crate) fn sign(
        &self,
        request: &str,
        called: &str,
        name: SanType,
        now: Timestamp,
    ) -> Result<Certified, TrustError> {
        let asked = CertificateSigningRequestParams::from_pem(request)
            .map_err(|error| TrustError::Request(error.to_string()))?;
        let expires = now.after(LIFETIME);
        let mut params = params(called, now, expires)?;
        params.subject_alt_names = vec![name];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params.use_authority_key_identifier_extension = true;
        let signed = CertificateSigningRequestParams { params, ..asked }
            .signed_by(&self.issuer)
            .map_err(|error| making("certificate", &error))?;
        Ok(Certified {
            pem: signed.pem(),
            der: signed.into(),
            expires,
        })
    }
}

/// A new authority: its key, then its certificate.
fn make(called: &str, now: Timestamp) -> Result<String, TrustError> {
    let key = NewKey::make()?;
    let until = now.after(std::time::Duration::from_secs(AUTHORITY_YEARS * 365 * 86_400));
    let mut params = params(called, now, until)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params
        .self_signed(key.pair())
        .map_err(|error| making("certificate", &error))?;
    Ok(format!(
        "{}{}",
        key.into_pair().serialize_pem(),
        certificate.pem()
    ))
}

fn params(called: &str, now: Timestamp, expires: Timestamp) -> Result<CertificateParams, TrustError> {
    let mut params = CertificateParams::default();
    params.not_before = moment(now.before(CLOCKS_APART))?;
    params.not_after = moment(expires)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, called);
    Ok(params)
}

fn moment(at: Timestamp) -> Result<OffsetDateTime, TrustError> {
    OffsetDateTime::from_unix_timestamp(at.as_millis() / 1_000).map_err(|error| TrustError::Making {
        what: "certificate",
        reason: format!("the clock says {at}: {error}"),
    })
}
