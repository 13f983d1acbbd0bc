//! Answers that are not what was asked for.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_conductor::{DryRunError, RunError};

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failed {
    /// Nearly always the one that goes with the problem's code.
    pub(crate) status: StatusCode,
    pub(crate) problem: Problem,
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Json(self.problem)).into_response();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                answer
                    .headers_mut()
                    .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                answer
                    .headers_mut()
                    .insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        answer
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        let status =
            StatusCode::from_u16(problem.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, problem }
    }
}

impl From<DryRunError> for Failed {
    fn from(error: DryRunError) -> Self {
        let message = error.to_string();
        Self::from(match error {
            DryRunError::NoCluster { .. } => Problem::new(
                ProblemCode::NotFound,
                message,
                "use one of these, or add a [[cluster]] section and start the host again",
            ),
            DryRunError::WhichCluster { .. } => Problem::plain(ProblemCode::Invalid, message),
            DryRunError::NoOperation { .. } => {
                Problem::new(ProblemCode::NotFound, message, "see `ringkeeper plugin list`")
            }
            DryRunError::Parameters { .. } => Problem::plain(ProblemCode::Invalid, message),
            DryRunError::Busy => {
                Problem::new(ProblemCode::Unavailable, message, "ask again in a few seconds")
            }
            DryRunError::Refused { .. } => Problem::plain(ProblemCode::Refused, message),
            DryRunError::OutOfScope { .. } => Problem::new(
                ProblemCode::Refused,
                message,
                "ask for less with the operation's parameters, or widen [plugin.scope] in the configuration",
            ),
            DryRunError::Broke { .. } => Problem::plain(ProblemCode::Failed, message),
        })
    }
}

impl From<RunError> for Failed {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        Self::from(match error {
            RunError::Plan(error) => return error.into(),
            RunError::NoRun { .. } => {
                Problem::new(ProblemCode::NotFound, message, "see `ringkeeper runs list`")
            }
            RunError::NoPlan { .. } => Problem::new(
                ProblemCode::NotFound,
                message,
                "make a new one with `ringkeeper plan` and approve the hash it ends with",
            ),
            RunError::NotApproved { cure, .. } => Problem::new(ProblemCode::Refused, message, cure),
            RunError::Refused { cure, .. } if cure.is_empty() => {
                Problem::plain(ProblemCode::Refused, message)
            }
            RunError::Refused { cure, .. } => Problem::new(ProblemCode::Refused, message, cure),
            RunError::NotFound { .. } => Problem::plain(ProblemCode::NotFound, message),
            RunError::Invalid { .. } => Problem::plain(ProblemCode::Invalid, message),
            RunError::Journal(_) => Problem::new(
                ProblemCode::Unavailable,
                message,
                "see the host's log and the free space of its data directory; nothing was done",
            ),
            RunError::Unavailable(_) => Problem::plain(ProblemCode::Unavailable, message),
        })
    }
}

pub(crate) async fn no_such_path(uri: Uri) -> Failed {
    let message = format!("there is nothing at {}", uri.path());
    Failed::from(Problem::new(
        ProblemCode::NotFound,
        message,
        "the API begins at /api/v1; see docs/api.md",
    ))
}

pub(crate) async fn no_such_method(uri: Uri) -> Failed {
    let message = format!("{} cannot be asked with this method", uri.path());
    Failed {
        status: StatusCode::METHOD_NOT_ALLOWED,
        problem: Problem::new(ProblemCode::Invalid, message, "see docs/api.md"),
    }
}

/// What cannot be answered because the host is on its way out.
pub(crate) fn stopping() -> Failed {
    Failed::from(Problem::new(
        ProblemCode::Unavailable,
        "the host is stopping",
        "ask again when it has started",
    ))
}
