//! Why a node could not be asked.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A failed question to one node, with the facts a person needs.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize, JsonSchema)]
#[error("{place}: {message}")]
pub struct NodeError {
    /// What kind of failure.
    pub kind: NodeErrorKind,
    /// Who was asked: an address with port, or a URL without credentials.
    pub place: String,
    /// What went wrong, as a fragment in lower case; never holds a secret.
    pub message: String,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NodeErrorKind {
    /// No connection: refused, no route, unknown host, TLS failure.
    Unreachable,
    /// The time limit passed.
    TimedOut,
    /// The credentials were not accepted.
    Unauthorised,
    /// The answer was not what the protocol says: HTML, half an answer, wrong types.
    Nonsense,
    /// The answer was larger than the limit.
    TooLarge,
    /// The node cannot do this, or is one this product refuses.
    Unsupported,
    /// The node answered that it failed.
    Failed,
}

impl fmt::Display for NodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed out",
            Self::Unauthorised => "unauthorised",
            Self::Nonsense => "nonsense",
            Self::TooLarge => "too large",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
        })
    }
}

impl NodeError {
    /// A failure of this kind at this place.
    pub fn new(kind: NodeErrorKind, place: impl fmt::Display, message: impl Into<String>) -> Self {
        Self {
            kind,
            place: place.to_string(),
            message: message.into(),
        }
    }
}
