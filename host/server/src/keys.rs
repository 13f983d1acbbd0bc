//! Idempotency keys: the same request said twice opens one run.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use ringkeeper_api::{Problem, ProblemCode, RunRequest};
use tokio::sync::OnceCell;

use crate::problem::Failed;

/// The header that carries a key.
const HEADER: &str = "idempotency-key";
/// Keys remembered; the oldest is forgotten first.
const MOST: usize = 1_024;
/// Longest key, in characters.
const LONGEST: usize = 128;

/// Keys of this host's life, with the request each came with and the run it opened.
#[derive(Debug, Default)]
pub(crate) struct Keys(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    slots: BTreeMap<String, Slot>,
    oldest_first: VecDeque<String>,
}

#[derive(Clone, Debug)]
struct Slot {
    request: RunRequest,
    /// Id of the run; empty while it is being opened, or could not be.
    run: Arc<OnceCell<String>>,
}

impl Keys {
    /// The run that `key` opened, by opening it with `open` if it has opened none. Whoever comes with the same key
    /// meanwhile waits for the same run.
    ///
    /// # Errors
    /// When the key came with another request before, or the run cannot be opened; then the key may be used again.
    pub(crate) async fn once<O>(&self, key: String, request: RunRequest, open: O) -> Result<String, Failed>
    where
        O: AsyncFnOnce(RunRequest) -> Result<String, Failed>,
    {
        let slot = self.slot(key, &request)?;
        slot.get_or_try_init(|| open(request)).await.cloned()
    }

    fn slot(&self, key: String, request: &RunRequest) -> Result<Arc<OnceCell<String>>, Failed> {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = remembered.slots.get(&key) {
            return if slot.request == *request {
                Ok(Arc::clone(&slot.run))
            } else {
                Err(used(&key))
            };
        }
        let slot = Slot {
            request: request.clone(),
            run: Arc::default(),
        };
        let run = Arc::clone(&slot.run);
        remembered.slots.insert(key.clone(), slot);
        remembered.oldest_first.push_back(key);
        if remembered.oldest_first.len() > MOST
            && let Some(oldest) = remembered.oldest_first.pop_front()
        {
            remembered.slots.remove(&oldest);
        }
        Ok(run)
    }
}

/// The key of a request; none where it has none.
///
/// # Errors
/// When it is empty, too long or no visible text.
pub(crate) fn of(headers: &HeaderMap) -> Result<Option<String>, Failed> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > LONGEST {
        let message = format!("the header Idempotency-Key must have 1 to {LONGEST} visible ASCII characters");
        return Err(Problem::plain(ProblemCode::Invalid, message).into());
    }
    Ok(Some(key.to_owned()))
}

fn used(key: &str) -> Failed {
    // Its owner may stand in a line before it.
    let key = key.lines().last().unwrap_or_default();
    Failed::from(Problem::new(
        ProblemCode::Invalid,
        format!("the idempotency key `{key}` came with another request before"),
        "use a new key for a new request",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(operation: &str) -> RunRequest {
        RunRequest {
            operation: operation.to_owned(),
            cluster: None,
            parameters: serde_json::Map::new(),
            approve: None,
            deadline: None,
            security: false,
        }
    }

    async fn once(keys: &Keys, key: &str, operation: &str, run: &str) -> Result<String, String> {
        let opened = keys
            .once(key.to_owned(), request(operation), async |_| Ok(run.to_owned()))
            .await;
        opened.map_err(|failed| failed.problem.message)
    }

    #[tokio::test]
    async fn a_key_opens_one_run() {
        let keys = Keys::default();
        assert_eq!(once(&keys, "a", "repair.full", "shop-1").await.unwrap(), "shop-1");
        assert_eq!(once(&keys, "a", "repair.full", "shop-2").await.unwrap(), "shop-1");
        assert_eq!(once(&keys, "b", "repair.full", "shop-3").await.unwrap(), "shop-3");
    }

    #[tokio::test]
    async fn a_key_is_no_good_for_another_request() {
        let keys = Keys::default();
        once(&keys, "a", "repair.full", "shop-1").await.unwrap();
        assert_eq!(
            once(&keys, "a", "repair.table", "shop-2").await.unwrap_err(),
            "the idempotency key `a` came with another request before"
        );
    }

    #[tokio::test]
    async fn a_run_that_could_not_be_opened_is_tried_again() {
        let keys = Keys::default();
        let refused = keys.once("a".to_owned(), request("repair.full"), async |_| {
            Err(Problem::plain(ProblemCode::Refused, "not now").into())
        });
        assert_eq!(refused.await.unwrap_err().problem.message, "not now");
        assert_eq!(once(&keys, "a", "repair.full", "shop-2").await.unwrap(), "shop-2");
    }

    #[tokio::test]
    async fn who_comes_meanwhile_gets_the_same_run() {
        let keys = Keys::default();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let first = keys.once("a".to_owned(), request("repair.full"), async |_| {
            gone.await.unwrap();
            Ok("shop-1".to_owned())
        });
        let second = once(&keys, "a", "repair.full", "shop-2");
        let release = async { go.send(()).unwrap() };
        let (first, second, ()) = futures::join!(first, second, release);
        assert_eq!(
            (first.unwrap(), second.unwrap()),
            ("shop-1".to_owned(), "shop-1".to_owned())
        );
    }

    #[tokio::test]
    async fn the_oldest_key_is_forgotten_first() {
        let keys = Keys::default();
        for number in 0..=MOST {
            once(
                &keys,
                &number.to_string(),
                "repair.full",
                &format!("shop-{number}"),
            )
            .await
            .unwrap();
        }
        assert_eq!(once(&keys, "1", "repair.full", "new").await.unwrap(), "shop-1");
        assert_eq!(once(&keys, "0", "repair.full", "new").await.unwrap(), "new");
    }

    #[test]
    fn a_key_must_be_short_visible_text() {
        let with = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, axum::http::HeaderValue::from_bytes(value).unwrap());
            of(&headers).map_err(|failed| failed.problem.code)
        };
        assert_eq!(with(b"weekly-2026-03"), Ok(Some("weekly-2026-03".to_owned())));
        for bad in [&b""[..], &[0xe9], &[b'x'; 129]] {
            assert_eq!(with(bad), Err(ProblemCode::Invalid));
        }
        assert_eq!(of(&HeaderMap::new()).unwrap(), None);
    }
}
