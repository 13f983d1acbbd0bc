use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use ringkeeper_seams::TaskGroup;
use tokio::net::TcpListener;

use super::*;

/// What a request brought: id, timestamp, signature, body.
type Brought = (String, String, String, Vec<u8>);

#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<Brought>>>);

/// A real server on loopback that answers with each of these in turn, and then always 200. It ends with its task.
async fn server(answers: Vec<u16>) -> (String, Received, TaskGroup) {
    let received = Received::default();
    let answers = Arc::new(Mutex::new(answers));
    let keep = received.clone();
    let answer = move |headers: HeaderMap, body: Bytes| {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let brought = (header(ID), header(TIMESTAMP), header(SIGNATURE), body.to_vec());
        keep.0.lock().unwrap().push(brought);
        let mut answers = answers.lock().unwrap();
        let status = if answers.is_empty() {
            200
        } else {
            answers.remove(0)
        };
        let answer = (
            StatusCode::from_u16(status).unwrap(),
            "the words of the other side",
        );
        std::future::ready(answer)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hidden-path", listener.local_addr().unwrap());
    let router = Router::new().route("/hidden-path", post(answer));
    let mut tasks = TaskGroup::new();
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, received, tasks)
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_772_366_400_123)
}

#[tokio::test]
async fn what_arrives_is_signed_and_named() {
    let (url, received, _tasks) = server(Vec::new()).await;
    let message = Message::test("pager", now());
    let webhook = Webhook::new(&url, "s3cret", None).unwrap();
    webhook.post(&message, now()).await.unwrap();
    let (id, timestamp, signed, body) = received.0.lock().unwrap()[0].clone();
    assert_eq!((id, timestamp.as_str()), (message.id.0.clone(), "1772366400"));
    assert_eq!(signed, format!("v1={}", signature(b"s3cret", &timestamp, &body)));
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told["id"], message.id.0);
    assert_eq!(told["notices"][0]["what"], "test");
    assert_eq!(told["audit_head"]["record"], 0);
}

/// As `printf '1.a' | openssl dgst -sha256 -hmac key` says.
#[test]
fn a_signature_is_what_other_programs_make_of_it() {
    let known = "32a5f52f8b585db06b5960c1b30992c0575588cf6343eeb646efa5bfd9ca5a17";
    assert_eq!(signature(b"key", "1", b"a"), known);
}

#[tokio::test]
async fn any_answer_but_a_success_is_a_failure_that_names_no_secret() {
    let (url, received, _tasks) = server(vec![500, 404, 302, 204]).await;
    let webhook = Webhook::new(&url, "s3cret", None).unwrap();
    for expected in ["500 Internal Server Error", "404 Not Found", "302 Found"] {
        let error = webhook.post(&Message::test("a", now()), now()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("it answered {expected}"));
    }
    webhook.post(&Message::test("a", now()), now()).await.unwrap();
    assert_eq!(received.0.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn nobody_there_is_said_without_saying_where() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let webhook = Webhook::new(&format!("http://{address}/hidden-path"), "s3cret", None).unwrap();
    let error = webhook.post(&Message::test("a", now()), now()).await.unwrap_err();
    let said = format!("{error} {error:?} {webhook:?}");
    assert!(said.starts_with("it cannot be reached: "), "{said}");
    for hidden in ["hidden-path", "s3cret", &address.port().to_string()] {
        assert!(!said.contains(hidden), "{said}");
    }
}
