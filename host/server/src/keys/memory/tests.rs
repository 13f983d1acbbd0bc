use axum::http::StatusCode;
use futures::FutureExt as _;
use tokio::sync::oneshot;

use super::*;
use crate::deeds::Deeds;

/// A request that names its operation, as a digest.
fn request(operation: u8) -> Digest {
    [operation; 32]
}

async fn said(answer: Result<Response, Failed>) -> (u16, String, bool) {
    let answer = answer.unwrap_or_else(|failed| failed.into_response());
    let (status, replayed) = (answer.status().as_u16(), answer.headers().contains_key(REPLAYED));
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap(), replayed)
}

async fn once(keys: &Keys, owner: &str, key: &str, operation: u8, run: &str) -> (u16, String, bool) {
    let carry_out = async { run.to_owned().into_response() };
    said(
        keys.once(owner.to_owned(), key.to_owned(), request(operation), carry_out)
            .await,
    )
    .await
}

fn first(run: &str) -> (u16, String, bool) {
    (200, run.to_owned(), false)
}

fn again(run: &str) -> (u16, String, bool) {
    (200, run.to_owned(), true)
}

#[tokio::test]
async fn a_change_with_a_key_is_made_once() {
    let keys = Keys::default();
    assert_eq!(once(&keys, "ci", "a", 1, "shop-1").await, first("shop-1"));
    assert_eq!(once(&keys, "ci", "a", 1, "shop-2").await, again("shop-1"));
    assert_eq!(once(&keys, "ci", "b", 1, "shop-3").await, first("shop-3"));
}

#[tokio::test]
async fn a_key_is_no_good_for_another_request_and_is_its_owners() {
    let keys = Keys::default();
    once(&keys, "ci", "a", 1, "shop-1").await;
    let (status, body, _) = once(&keys, "ci", "a", 2, "shop-2").await;
    assert_eq!(status, 400);
    assert!(
        body.contains("the idempotency key `a` came with another request before"),
        "{body}"
    );
    assert_eq!(once(&keys, "admin", "a", 2, "shop-3").await, first("shop-3"));
}

#[tokio::test]
async fn what_was_refused_is_tried_again_and_leaves_nothing_behind() {
    let keys = Keys::default();
    let refused = async { (StatusCode::CONFLICT, "not now").into_response() };
    let refused = keys.once("ci".to_owned(), "a".to_owned(), request(1), refused);
    assert_eq!(said(refused.await).await, (409, "not now".to_owned(), false));
    assert!(keys.0.lock().unwrap().by_owner.is_empty());
    assert_eq!(once(&keys, "ci", "a", 2, "shop-2").await, first("shop-2"));
}

#[tokio::test]
async fn who_comes_meanwhile_gets_the_same_answer() {
    let keys = Keys::default();
    let (go, gone) = oneshot::channel::<()>();
    let slow = async {
        gone.await.unwrap();
        "shop-1".into_response()
    };
    let slow = keys.once("ci".to_owned(), "a".to_owned(), request(1), slow);
    let release = async { go.send(()).unwrap() };
    let (slow, second, ()) = futures::join!(slow, once(&keys, "ci", "a", 1, "shop-2"), release);
    assert_eq!((said(slow).await, second), (first("shop-1"), again("shop-1")));
}

#[tokio::test]
async fn who_comes_while_it_is_refused_tries_for_themselves() {
    let keys = Keys::default();
    let (go, gone) = oneshot::channel::<()>();
    let slow = async {
        gone.await.unwrap();
        StatusCode::CONFLICT.into_response()
    };
    let slow = keys.once("ci".to_owned(), "a".to_owned(), request(1), slow);
    let release = async { go.send(()).unwrap() };
    let (slow, second, ()) = futures::join!(slow, once(&keys, "ci", "a", 1, "shop-2"), release);
    assert_eq!((said(slow).await.0, second), (409, first("shop-2")));
    assert_eq!(once(&keys, "ci", "a", 1, "shop-3").await, again("shop-2"));
}

/// A client that goes away before its answer finds it when it asks again.
#[tokio::test]
async fn a_key_holds_although_nobody_waits_for_the_first_answer() {
    let (keys, (deeds, carry_out)) = (Arc::new(Keys::default()), Deeds::new());
    let (go, gone) = oneshot::channel::<()>();
    let deed = {
        let keys = Arc::clone(&keys);
        async move {
            let slow = async {
                gone.await.unwrap();
                "shop-1".into_response()
            };
            keys.once("ci".to_owned(), "a".to_owned(), request(1), slow).await
        }
    };
    let mut waiting = Box::pin(deeds.carry_out(deed));
    assert!(waiting.as_mut().now_or_never().is_none());
    drop(waiting);
    go.send(()).unwrap();
    drop(deeds);
    carry_out.await;
    assert_eq!(once(&keys, "ci", "a", 1, "shop-2").await, again("shop-1"));
}

#[tokio::test]
async fn whoever_has_most_loses_their_oldest_key_first() {
    let keys = Keys::default();
    assert_eq!(once(&keys, "ci", "a", 1, "shop-1").await, first("shop-1"));
    let long = "x".repeat(LARGEST_ANSWER);
    for number in 0..MOST_BYTES / LARGEST_ANSWER {
        once(&keys, "screen", &number.to_string(), 1, &long).await;
    }
    assert!(keys.0.lock().unwrap().bytes <= MOST_BYTES);
    assert_eq!(once(&keys, "ci", "a", 1, "new").await, again("shop-1"));
    assert_eq!(once(&keys, "screen", "1", 1, "new").await, again(&long));
    assert_eq!(once(&keys, "screen", "0", 1, "new").await, first("new"));
}

#[tokio::test]
async fn an_answer_too_long_to_keep_is_not_made_a_second_time() {
    let keys = Keys::default();
    let long = "x".repeat(LARGEST_ANSWER + 1);
    assert_eq!(once(&keys, "ci", "a", 1, &long).await, first(&long));
    let (status, body, replayed) = once(&keys, "ci", "a", 1, "shop-2").await;
    assert_eq!((status, replayed), (409, true));
    assert!(
        body.contains("was carried out, and its answer, of 1024 KiB, is not kept"),
        "{body}"
    );
}

#[tokio::test]
async fn secrets_in_answers_are_in_no_log() {
    let keys = Keys::default();
    once(&keys, "ci", "a", 1, "rka1.secret").await;
    let shown = format!("{keys:?}");
    assert!(
        shown.contains("200 OK in 11 B") && !shown.contains("secret"),
        "{shown}"
    );
}
