//! Changed tokens, fingerprints and certificates.

use ringkeeper_seams::Entropy;

use crate::{Fingerprint, Token, fingerprint_of_pem};

fn reason<T>(read: Result<T, impl ToString>) -> Result<(), String> {
    read.map(drop).map_err(|error| error.to_string())
}

#[test]
fn tokens() {
    let token = Token::draw(
        &mut Entropy::from_seed(7).stream("tokens"),
        Fingerprint::of(b"host"),
    )
    .reveal();
    ringkeeper_fuzz::text("enrolment tokens", &[&token], |text| {
        reason(text.parse::<Token>())
    });
}

#[test]
fn fingerprints() {
    let sample = Fingerprint::of(b"host").to_string();
    ringkeeper_fuzz::text("fingerprints", &[&sample], |text| {
        reason(text.parse::<Fingerprint>())
    });
}

#[test]
fn certificates() {
    let pem = "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END CERTIFICATE-----\n";
    ringkeeper_fuzz::text("certificates", &[pem], |text| {
        fingerprint_of_pem(text)
            .map(drop)
            .ok_or_else(|| "it is no certificate".to_owned())
    });
}
