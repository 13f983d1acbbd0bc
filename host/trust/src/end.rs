//! When certificates end.

use ringkeeper_seams::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// When the first certificate ends of those in a text (PEM); none where one of them is unreadable, or there is none.
#[must_use]
pub fn first_end_of_pem(text: &str) -> Option<Timestamp> {
    let ends: Option<Vec<Timestamp>> = CertificateDer::pem_slice_iter(text.as_bytes())
        .map(|certificate| end_of(&certificate.ok()?))
        .collect();
    ends?.into_iter().min()
}

pub(crate) fn end_of(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let seconds = certificate.validity().not_after.timestamp();
    Some(Timestamp::from_millis(seconds.saturating_mul(1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(year: i32) -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(vec!["host".to_owned()]).unwrap();
        parameters.not_after = rcgen::date_time_ymd(year, 1, 1);
        parameters.self_signed(&key).unwrap().pem()
    }

    #[test]
    fn of_several_certificates_the_first_end_counts() {
        let (early, late) = (ending(2031), ending(2041));
        let at = first_end_of_pem(&early).unwrap();
        assert_eq!(at.to_string(), "2031-01-01T00:00:00.000Z");
        assert_eq!(first_end_of_pem(&format!("{late}{early}")), Some(at));
        assert_eq!(first_end_of_pem(""), None);
        assert_eq!(first_end_of_pem(&early.replace("MII", "AAA")), None);
    }

    #[test]
    fn fuzz_certificates_in_files() {
        let sample = ending(2031);
        ringkeeper_fuzz::text("certificates in files", &[&sample], |text| {
            first_end_of_pem(text)
                .map(drop)
                .ok_or_else(|| "no certificate".to_owned())
        });
    }
}
