//! Why an agent or a person is refused.

use std::net::IpAddr;
use std::time::Duration;

use ringkeeper_journal::JournalError;
use ringkeeper_seams::Timestamp;
use ringkeeper_trust::TrustError;
use thiserror::Error;

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum Refused {
    /// Nobody made it here, or it was taken back.
    #[error("the token is not known here; make one with `ringkeeper agents token ADDRESS` on this host")]
    UnknownToken,
    /// It was used before.
    #[error(
        "the token was used before, at {at}; each enrols one agent once: make another one with `ringkeeper agents token {node}`"
    )]
    UsedToken {
        /// Whose.
        node: IpAddr,
        /// When.
        at: Timestamp,
    },
    /// It is too old.
    #[error("the token ended at {at}; make another one with `ringkeeper agents token {node}`")]
    ExpiredToken {
        /// Whose.
        node: IpAddr,
        /// When.
        at: Timestamp,
    },
    /// Whoever asks for the next certificate has none that is known.
    #[error(
        "the certificate that was shown is not known here: its agent was revoked, or enrolled anew; enrol it again with a token from `ringkeeper agents token ADDRESS`"
    )]
    UnknownAgent,
    /// There is no agent to revoke.
    #[error("no agent of {0} is known, nor any token for one")]
    NoAgent(IpAddr),
    /// A token would last too long or not at all.
    #[error("a token lasts between a minute and a week, not {} s", .0.as_secs())]
    Lifetime(Duration),
    /// The certificate request is none.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The journal could not be read or written.
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
}
