//! What is read of a request, and what every answer says.

use std::time::Duration;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ringkeeper_api::{Problem, ProblemCode};

use crate::extract::{BODY_BYTES, too_large};
use crate::problem::Failed;

/// How long a body may take to come.
const BODY_LIMIT: Duration = Duration::from_secs(10);

/// Reads the body whole before anything is done with it, within its bounds.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let body = match tokio::time::timeout(BODY_LIMIT, to_bytes(body, BODY_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return too_large().into_response(),
        Err(_) => return too_slow().into_response(),
    };
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// Answers are about this moment and for who asked, and are what they say they are.
pub(crate) async fn mark(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

fn too_slow() -> Failed {
    let message = format!("the body did not come within {} s", BODY_LIMIT.as_secs());
    Failed {
        status: StatusCode::REQUEST_TIMEOUT,
        problem: Problem::plain(ProblemCode::Invalid, message),
    }
}
