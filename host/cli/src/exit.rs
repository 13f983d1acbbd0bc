//! How the program ends.

use std::process::ExitCode;

use ringkeeper_api::ProblemCode;

/// How the program ends; scripts rely on these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// It failed, or a check found a problem.
    Failed = 1,
    /// The arguments or the configuration are wrong.
    Usage = 2,
    /// Blocked by the guard, or refused by a plugin, a grant, or for want of a token or a role.
    Refused = 3,
    /// There is no such cluster, node, operation or file.
    NotFound = 4,
    /// The host does not answer.
    Unreachable = 5,
    /// A simulation: something happened that must never happen.
    Violated = 100,
    /// A simulation: goals were not reached although everything was mended.
    Unreached = 102,
    /// A simulation: one seed was told in two ways.
    Differs = 103,
    /// Ctrl-C ended the showing of something that goes on: what shells expect then.
    Interrupted = 130,
}

impl Exit {
    /// How a command ends that waited for a run; none while the run goes on.
    pub(crate) fn of_run(state: &str) -> Option<Self> {
        match state {
            "Succeeded" => Some(Self::Done),
            "Failed" | "Cancelled" => Some(Self::Failed),
            "Refused" => Some(Self::Refused),
            _ => None,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<ProblemCode> for Exit {
    fn from(code: ProblemCode) -> Self {
        match code {
            ProblemCode::Invalid => Self::Usage,
            ProblemCode::Refused | ProblemCode::Unauthenticated | ProblemCode::Forbidden => Self::Refused,
            ProblemCode::NotFound => Self::NotFound,
            ProblemCode::TooMany | ProblemCode::Unavailable | ProblemCode::Failed => Self::Failed,
        }
    }
}
