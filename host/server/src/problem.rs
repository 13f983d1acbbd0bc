//! Answers that are not what was asked for.

use axum::Json;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_conductor::DryRunError;

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) Problem);

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}

impl From<DryRunError> for Failed {
    fn from(error: DryRunError) -> Self {
        let message = error.to_string();
        Self(match error {
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
            DryRunError::Broke { .. } => Problem::plain(ProblemCode::Failed, message),
        })
    }
}

pub(crate) async fn no_such_path(uri: Uri) -> Failed {
    let message = format!("there is nothing at {}", uri.path());
    Failed(Problem::new(
        ProblemCode::NotFound,
        message,
        "the API begins at /api/v1; see docs/api.md",
    ))
}

pub(crate) async fn no_such_method(uri: Uri) -> Response {
    let message = format!("{} cannot be asked with this method", uri.path());
    let problem = Problem::new(ProblemCode::Invalid, message, "see docs/api.md");
    (StatusCode::METHOD_NOT_ALLOWED, Json(problem)).into_response()
}
