//! Why somebody is turned away, and why a token is not made.

use std::time::Duration;

use ringkeeper_journal::JournalError;
use ringkeeper_seams::Timestamp;
use thiserror::Error;

use crate::FileError;

/// Why whoever shows a token is not let in. Of a token it is told that it was good only to whoever has all of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejected {
    /// It is none, or nobody made it here.
    #[error(
        "the token is not known here; make one with `ringkeeper token create NAME --role ROLE` on the host"
    )]
    Unknown,
    /// Its time is over.
    #[error(
        "the token ended at {0}; make another one with `ringkeeper token create NAME --role ROLE` on the host"
    )]
    Expired(Timestamp),
    /// Somebody revoked it.
    #[error(
        "the token was revoked at {0}; make another one with `ringkeeper token create NAME --role ROLE` on the host"
    )]
    Revoked(Timestamp),
}

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum Refused {
    /// Nothing can be called so.
    #[error("`{0}` cannot be the name of a token; use 1 to 64 of the characters a-z, 0-9, `.`, `_` and `-`")]
    Name(String),
    /// Another one is called so, and may still be used.
    #[error(
        "there is a token `{0}` already; choose another name, or revoke it first with `ringkeeper token revoke {0}`"
    )]
    Taken(String),
    /// None is called so.
    #[error("there is no token `{0}`; see `ringkeeper token list`")]
    NoToken(String),
    /// It would last too long or not at all.
    #[error("a token lasts between a minute and 366 days, not {} s", .0.as_secs())]
    Lifetime(Duration),
    /// The journal could not be read or written.
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
}

/// Why a host cannot know who may ask.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The journal.
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
    /// The file of the first token.
    #[error(transparent)]
    File(#[from] FileError),
}
