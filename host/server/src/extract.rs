//! What a request carries, read strictly: what does not fit is refused with a sentence.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use ringkeeper_api::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

use crate::problem::Failed;

/// Largest request body, in bytes.
pub(crate) const BODY_BYTES: usize = 64 << 10;

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(body(&rejection)),
        }
    }
}

/// What stands behind the `?` of the URL.
#[derive(Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(misfit(
                "what stands behind `?` in the URL",
                &rejection.body_text(),
            )),
        }
    }
}

/// What the path names.
#[derive(Debug)]
pub(crate) struct Named<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failed> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(misfit("the path of the URL", &rejection.body_text())),
        }
    }
}

fn body(rejection: &JsonRejection) -> Failed {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Failed::from(Problem::new(
            ProblemCode::Invalid,
            "the body is not said to be JSON",
            "send it with the header `content-type: application/json`",
        )),
        _ if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => too_large(BODY_BYTES),
        JsonRejection::JsonSyntaxError(_) => misfit_as("is no JSON", "the body", &rejection.body_text()),
        _ => misfit("the body", &rejection.body_text()),
    }
}

/// A body of more than `most` bytes.
pub(crate) fn too_large(most: usize) -> Failed {
    let message = format!("the body is larger than {} KiB", most >> 10);
    Failed {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        problem: Problem::plain(ProblemCode::Invalid, message),
    }
}

fn misfit(what: &str, text: &str) -> Failed {
    misfit_as("does not fit", what, text)
}

/// `text` says first that it failed to read what it read, and then why. The why is what helps.
fn misfit_as(how: &str, what: &str, text: &str) -> Failed {
    let why = ["into the target type: ", "as JSON: ", "query string: "]
        .iter()
        .find_map(|opening| text.split_once(opening).map(|(_, why)| why))
        .unwrap_or(text);
    Failed::from(Problem::new(
        ProblemCode::Invalid,
        format!("{what} {how}: {why}"),
        "see docs/api.md for what can be asked",
    ))
}
