//! What a failed handshake means, and what to do about it.

use rustls::{AlertDescription, CertificateError, Error};

/// The innermost reason of an error, in words where it is that a host and an agent (`other`) do not believe each other.
#[must_use]
pub fn why(error: &(dyn std::error::Error + 'static), other: &str) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        if let Some(io) = cause.downcast_ref::<std::io::Error>()
            && let Some(said) = in_words(io, other)
        {
            return said;
        }
        innermost = cause;
    }
    innermost.to_string()
}

/// Why a host and an agent (`other`) do not believe each other, where that is why a connection failed.
#[must_use]
pub fn in_words(error: &std::io::Error, other: &str) -> Option<String> {
    let inner = error.get_ref()?;
    // Connectors wrap what the handshake said once more.
    if let Some(error) = inner.downcast_ref::<std::io::Error>() {
        return in_words(error, other);
    }
    let error = inner.downcast_ref::<Error>()?;
    let text = match error {
        Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            format!(
                "the certificate of {other} has expired, or the clock here is ahead; an agent with an expired one enrols again"
            )
        }
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => format!(
            "the certificate of {other} is not valid yet: the clocks of host and agent are more than a day apart"
        ),
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
            format!("{other} is not known: its certificate is of another authority than the one expected")
        }
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!("{other} has the certificate of somebody else"),
        Error::InvalidCertificate(CertificateError::Revoked) => {
            format!("{other} was revoked or enrolled anew; see `ringkeeper agents list`")
        }
        Error::AlertReceived(AlertDescription::CertificateExpired) => {
            format!("{other} finds our certificate expired; if its clock is right, enrol again")
        }
        Error::AlertReceived(
            AlertDescription::UnknownCA | AlertDescription::BadCertificate | AlertDescription::DecryptError,
        ) => format!("{other} does not know us: it was enrolled with another host"),
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            format!("{other} answers only its host, and no certificate was shown")
        }
        _ => return None,
    };
    Some(text)
}
