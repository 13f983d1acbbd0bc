//! Answers that are not what was asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The body of every answer with a status of 400 or above.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// What kind.
    pub code: ProblemCode,
    /// What was wrong, in a sentence.
    pub message: String,
    /// What to do.
    pub cure: Option<String>,
}

/// What kind of problem. Each stands for one exit code of the command line and one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The request itself is wrong: 400, exit code 2.
    Invalid,
    /// Refused by a plugin, a grant or the guard: 409, exit code 3.
    Refused,
    /// Over the network, without a token that is good: 401, exit code 3.
    Unauthenticated,
    /// The role of the token may not, or the request comes from a foreign page: 403, exit code 3.
    Forbidden,
    /// No such thing: 404, exit code 4.
    NotFound,
    /// Asked too often: 429, exit code 1. The header `Retry-After` says in how many seconds to ask again.
    TooMany,
    /// Cannot be answered now: 503, exit code 1.
    Unavailable,
    /// The plugin or the host failed: 500, exit code 1.
    Failed,
}

impl ProblemCode {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Refused => 409,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Failed => 500,
        }
    }
}

impl Problem {
    /// A problem with a cure.
    pub fn new(code: ProblemCode, message: impl Into<String>, cure: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            cure: Some(cure.into()),
        }
    }

    /// A problem nothing is known to cure.
    pub fn plain(code: ProblemCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            cure: None,
        }
    }
}
