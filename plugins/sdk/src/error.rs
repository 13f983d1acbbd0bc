//! From errors of the host to refusals and failures a person can read.

use crate::text::{facts, sentences};
use crate::{Error, Evidence, Failure, Fault, Outcome, Postponement, Refusal};

/// Reasons that the host takes of one postponement, at most.
const MOST_REASONS: usize = 100;

impl Error {
    /// The host's sentence about it.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::AccessDenied(text)
            | Self::NotFound(text)
            | Self::Invalid(text)
            | Self::Unavailable(text)
            | Self::Conflict(text)
            | Self::Unsupported(text)
            | Self::TimedOut(text)
            | Self::Other(text) => text,
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::Unsupported(_) => Fault::Unsupported,
            Self::Invalid(_) | Self::Other(_) => Fault::Internal,
            Self::AccessDenied(_)
            | Self::NotFound(_)
            | Self::Unavailable(_)
            | Self::Conflict(_)
            | Self::TimedOut(_) => Fault::Precondition,
        }
    }
}

impl Refusal {
    /// A refusal for this reason; the message is one or two sentences.
    #[must_use]
    pub fn new(kind: Fault, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            evidence: Vec::new(),
        }
    }

    /// With this fact behind it.
    #[must_use]
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

impl Failure {
    /// A failure for this reason; the message is one or two sentences.
    #[must_use]
    pub fn new(kind: Fault, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            evidence: Vec::new(),
        }
    }

    /// A defect of the plugin.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Fault::Internal, message)
    }

    /// With this fact behind it.
    #[must_use]
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }
}

/// Words of nodes stand in these: one odd character in them must not cost the whole answer.
impl Refusal {
    /// The refusal as the host takes it.
    pub(crate) fn fitted(self) -> Self {
        Self {
            kind: self.kind,
            message: sentences(&self.message),
            evidence: facts(self.evidence),
        }
    }
}

impl Failure {
    /// The failure as the host takes it.
    pub(crate) fn fitted(self) -> Self {
        Self {
            kind: self.kind,
            message: sentences(&self.message),
            evidence: facts(self.evidence),
        }
    }
}

impl Outcome {
    /// The outcome as the host takes it.
    pub(crate) fn fitted(self) -> Self {
        match self {
            Self::Done(summary) => Self::Done(sentences(&summary)),
            Self::Postpone(postponement) => Self::Postpone(Postponement {
                reasons: postponement
                    .reasons
                    .iter()
                    .take(MOST_REASONS)
                    .map(|reason| sentences(reason))
                    .collect(),
                ..postponement
            }),
            Self::Replan(reason) => Self::Replan(sentences(&reason)),
            Self::WaitFor(_) | Self::Extend(_) => self,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(error.fault(), error.message())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.fault(), error.message())
    }
}
