//! Idempotency keys: a change that is asked for twice with one key is made once.
//!
//! Around every request that is no mere question. What was answered the first time is answered again, so that whoever
//! lost an answer can ask for it. A key is its owner's, and good for one request.

mod memory;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ringkeeper_api::{Problem, ProblemCode};
use sha2::{Digest as _, Sha256};

use crate::deeds::Deeds;
use crate::peer::Peer;
use crate::problem::Failed;

pub(crate) use memory::Keys;

/// The header that carries a key.
pub(crate) const HEADER: &str = "idempotency-key";
/// The header of an answer that was given before.
pub(crate) const REPLAYED: &str = "idempotency-replayed";
/// Longest key, in characters.
pub(crate) const LONGEST: usize = 128;

/// What carries out a request with a key, and what remembers it.
#[derive(Clone, Debug)]
pub(crate) struct Once {
    pub(crate) keys: Arc<Keys>,
    pub(crate) deeds: Deeds,
}

/// Carries out a change that has a key, unless it was carried out before.
pub(crate) async fn once(State(once): State<Once>, request: Request, next: Next) -> Response {
    let owner = request.extensions().get::<Peer>().map(Peer::owner);
    let (false, Some(owner)) = (request.method().is_safe(), owner) else {
        return next.run(request).await;
    };
    match of(request.headers()) {
        Ok(None) => next.run(request).await,
        Ok(Some(key)) => once.answer(owner, key, request, next).await,
        Err(failed) => failed.into_response(),
    }
}

impl Once {
    /// A client that goes away takes the answer with it, and not what is remembered: so all of it is handed over.
    async fn answer(self, owner: String, key: String, request: Request, next: Next) -> Response {
        let Self { keys, deeds } = self;
        let (parts, body) = request.into_parts();
        // It was read whole, within its bounds, before it came here.
        let Ok(body) = to_bytes(body, usize::MAX).await else {
            return Failed::from(Problem::plain(ProblemCode::Invalid, "the body ended early"))
                .into_response();
        };
        let digest = Sha256::new()
            .chain_update(format!("{} {}\n", parts.method, parts.uri))
            .chain_update(&body)
            .finalize();
        let request = Request::from_parts(parts, Body::from(body));
        let carried_out = async move { keys.once(owner, key, digest.into(), next.run(request)).await };
        deeds
            .carry_out(carried_out)
            .await
            .unwrap_or_else(|failed| failed.into_response())
    }
}

/// The key of a request; none where it has none.
///
/// # Errors
/// When it is empty, too long or no visible text, or stands there twice.
fn of(headers: &HeaderMap) -> Result<Option<String>, Failed> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > LONGEST || values.next().is_some() {
        let message = format!(
            "the header Idempotency-Key must have 1 to {LONGEST} visible ASCII characters and stand once"
        );
        return Err(Problem::plain(ProblemCode::Invalid, message).into());
    }
    Ok(Some(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_must_be_short_visible_text_and_stand_once() {
        let with = |values: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, axum::http::HeaderValue::from_bytes(value).unwrap());
            }
            of(&headers).map_err(|failed| failed.problem.code)
        };
        assert_eq!(with(&[b"weekly-2026-03"]), Ok(Some("weekly-2026-03".to_owned())));
        for bad in [&[&b""[..]][..], &[&[0xe9]], &[&[b'x'; 129]], &[b"a", b"b"]] {
            assert_eq!(with(bad), Err(ProblemCode::Invalid));
        }
        assert_eq!(with(&[]), Ok(None));
    }
}
