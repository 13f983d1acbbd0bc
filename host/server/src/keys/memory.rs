//! What is remembered of keys: which request each came with, and what was answered.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::HeaderValue;
use axum::response::{IntoResponse as _, Response};
use ringkeeper_api::{Problem, ProblemCode};
use tokio::sync::OnceCell;

use super::REPLAYED;
use crate::problem::Failed;

/// Bytes of all that is remembered; beyond, whoever has most loses their oldest key.
const MOST_BYTES: usize = 16 << 20;
/// Largest answer that is remembered, in bytes.
const LARGEST_ANSWER: usize = 1 << 20;
/// What one key takes beside itself and its answer, in bytes, roundly.
const OF_ONE_KEY: usize = 512;

/// A SHA-256 over a request.
pub(super) type Digest = [u8; 32];

/// Keys of this host's life.
#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    by_owner: BTreeMap<String, Owned>,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Owned {
    slots: BTreeMap<String, Slot>,
    /// Keys that have their answer, each with its bytes.
    oldest_first: VecDeque<(String, usize)>,
    bytes: usize,
}

#[derive(Debug)]
struct Slot {
    request: Digest,
    /// Empty while the request is being carried out.
    answer: Arc<OnceCell<Kept>>,
}

/// An answer, which may hold the secret of a token.
struct Kept(Response<Bytes>);

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} B", self.0.status(), self.0.body().len())
    }
}

impl Keys {
    /// What a request with a key is answered: by carrying it out, if that was not done before. Whoever comes with the same
    /// key meanwhile waits for the same answer. What was refused may be asked again with its key.
    ///
    /// # Errors
    /// When the key came with another request before.
    pub(super) async fn once(
        &self,
        owner: String,
        key: String,
        request: Digest,
        carry_out: impl Future<Output = Response>,
    ) -> Result<Response, Failed> {
        let slot = self.slot(&owner, &key, request)?;
        let mut own = None;
        let answered = slot.get_or_try_init(|| async {
            let answer = whole(carry_out.await).await;
            if !answer.status().is_success() {
                return Err(answer);
            }
            let kept = kept(&answer);
            own = Some(answer);
            Ok(kept)
        });
        let answered = answered.await.map(|kept| kept.0.clone());
        Ok(match (answered, own) {
            (Ok(kept), Some(own)) => {
                self.remember(&owner, key, kept.body().len());
                own.map(Body::from)
            }
            (Ok(mut kept), None) => {
                kept.headers_mut()
                    .insert(REPLAYED, HeaderValue::from_static("true"));
                kept.map(Body::from)
            }
            (Err(refused), _) => {
                self.give_up(&owner, &key, &slot);
                refused.map(Body::from)
            }
        })
    }

    fn slot(&self, owner: &str, key: &str, request: Digest) -> Result<Arc<OnceCell<Kept>>, Failed> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let owned = remembered.by_owner.entry(owner.to_owned()).or_default();
        let slot = owned.slots.entry(key.to_owned()).or_insert_with(|| Slot {
            request,
            answer: Arc::default(),
        });
        match slot.request == request {
            true => Ok(Arc::clone(&slot.answer)),
            false => Err(used(key)),
        }
    }

    fn remember(&self, owner: &str, key: String, answer: usize) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = OF_ONE_KEY + 2 * key.len() + answer;
        let Some(owned) = remembered.by_owner.get_mut(owner) else {
            return;
        };
        owned.oldest_first.push_back((key, bytes));
        owned.bytes += bytes;
        remembered.bytes += bytes;
        while remembered.bytes > MOST_BYTES && remembered.forget_one() {}
    }

    /// Forgets a request that was refused, unless somebody else is carrying it out with the same key.
    fn give_up(&self, owner: &str, key: &str, slot: &Arc<OnceCell<Kept>>) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // One of them is in the map, and one is here.
        let is_alone = Arc::strong_count(slot) == 2;
        let Some(owned) = remembered.by_owner.get_mut(owner) else {
            return;
        };
        if is_alone && !slot.initialized() {
            owned.slots.remove(key);
            remembered.drop_if_empty(owner);
        }
    }
}

impl Remembered {
    /// Forgets the oldest key of whoever has most; says whether there was one.
    fn forget_one(&mut self) -> bool {
        let most = self.by_owner.iter_mut().max_by_key(|(_, owned)| owned.bytes);
        let Some((owner, owned)) = most else {
            return false;
        };
        let owner = owner.clone();
        let Some((key, bytes)) = owned.oldest_first.pop_front() else {
            return false;
        };
        owned.slots.remove(&key);
        owned.bytes = owned.bytes.saturating_sub(bytes);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.drop_if_empty(&owner);
        true
    }

    fn drop_if_empty(&mut self, owner: &str) {
        if self
            .by_owner
            .get(owner)
            .is_some_and(|owned| owned.slots.is_empty())
        {
            self.by_owner.remove(owner);
        }
    }
}

/// An answer with all that it says.
async fn whole(answer: Response) -> Response<Bytes> {
    let (parts, body) = answer.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(parts, body),
        // Answers of handlers are made before they are sent, so there is nothing that could break.
        Err(_) => Response::from_parts(parts, Bytes::new()),
    }
}

fn kept(answer: &Response<Bytes>) -> Kept {
    let size = answer.body().len();
    if size <= LARGEST_ANSWER {
        return Kept(answer.clone());
    }
    let message = format!(
        "what came with this idempotency key was carried out, and its answer, of {} KiB, is not kept",
        size >> 10
    );
    let cure = "ask for what it was about, or use a new key to have it carried out again";
    let problem = Failed::from(Problem::new(ProblemCode::Refused, message, cure));
    let body = serde_json::to_vec(&problem.problem).unwrap_or_default();
    Kept(problem.into_response().map(|_| Bytes::from(body)))
}

fn used(key: &str) -> Failed {
    Failed::from(Problem::new(
        ProblemCode::Invalid,
        format!("the idempotency key `{key}` came with another request before"),
        "use a new key for a new request",
    ))
}

#[cfg(test)]
mod tests;
