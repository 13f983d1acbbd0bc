//! What is read of a request, and what every answer says.

use std::time::Duration;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ringkeeper_api::{Problem, ProblemCode};

use crate::api;
use crate::extract::too_large;
use crate::problem::Failed;
use crate::route::Limits;

/// Reads the body whole before anything is done with it, within its bounds.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let line = parts.extensions.get::<MatchedPath>();
    let limits = line.map_or_else(Limits::default, |line| api::limits(&parts.method, line.as_str()));
    let body = match tokio::time::timeout(limits.time, to_bytes(body, limits.bytes)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return too_large(limits.bytes).into_response(),
        Err(_) => return too_slow(limits.time).into_response(),
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

fn too_slow(limit: Duration) -> Failed {
    let message = format!("the body did not come within {} s", limit.as_secs());
    Failed {
        status: StatusCode::REQUEST_TIMEOUT,
        problem: Problem::plain(ProblemCode::Invalid, message),
    }
}
