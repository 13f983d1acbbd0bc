//! Clients that are odd, slow or many.

use ringkeeper_api::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Ground, answered, problem};

#[tokio::test(start_paused = true)]
async fn requests_that_no_client_of_ours_sends_get_one_clear_answer_each() {
    let ground = Ground::new().await;
    let token = ground.token("ci", Role::Admin).await;
    let post = || ground.request("POST", "/api/v1/freeze").bearer_auth(&token);
    let json = || post().header("content-type", "application/json");
    let frozen = r#"{"frozen":true,"reason":"test"}"#;
    let get = || ground.request("GET", "/api/v1/clusters").bearer_auth(&token);
    let mut answers = String::new();
    for (about, request) in [
        ("a foreign name", get().header("host", "evil.example:7980")),
        ("a known name", get().header("host", "Ringkeeper.example:7980")),
        (
            "a foreign page",
            json().header("origin", "https://evil.example").body(frozen),
        ),
        (
            "a page without a name",
            json().header("origin", "null").body(frozen),
        ),
        (
            "a request across sites",
            json().header("sec-fetch-site", "cross-site").body(frozen),
        ),
        (
            "a form",
            post()
                .header("content-type", "application/x-www-form-urlencoded")
                .body("frozen=true"),
        ),
        ("text", post().header("content-type", "text/plain").body(frozen)),
        ("no JSON", json().body("{")),
        ("deep JSON", json().body("[".repeat(60_000))),
        (
            "much JSON",
            json().body(format!("{{\"reason\":\"{}\"}}", "x".repeat(70_000))),
        ),
        (
            "a preflight",
            ground.request("OPTIONS", "/api/v1/freeze").bearer_auth(&token),
        ),
        (
            "a path with dots",
            ground
                .request("GET", "/api/v1/%2e%2e%2f%2e%2e%2fetc/passwd")
                .bearer_auth(&token),
        ),
        (
            "a path of bytes",
            ground.request("GET", "/api/v1/clusters/%ff").bearer_auth(&token),
        ),
    ] {
        let answer = answered(request).await;
        let said = match answer.status {
            200 => "as asked".to_owned(),
            _ => problem(&answer)["message"].as_str().unwrap().to_owned(),
        };
        answers += &format!("{about}: {} {said}\n", answer.status);
    }
    insta::assert_snapshot!(answers);
    assert!(!ground.host.conductor.freeze_status(None).unwrap().frozen);
}

#[tokio::test(start_paused = true)]
async fn slow_and_odd_clients_are_cut_off_and_keep_nobody_waiting() {
    let ground = Ground::new().await;
    let token = ground.token("ci", Role::Admin).await;
    let head = format!(
        "POST /api/v1/freeze HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n",
        ground.at
    );
    let json = "content-type: application/json\r\nconnection: close\r\n";
    let half_a_head = format!("{head}x-slow: ");
    let half_a_body = format!("{head}{json}content-length: 1000\r\n\r\n{{");
    let big_head = format!("{head}x-big: {}\r\n\r\n", "x".repeat(100_000));
    let many_headers = format!("{head}{}\r\n", "x-many: 1\r\n".repeat(200));
    let asked = futures::future::join_all([
        ground.raw(b""),
        ground.raw(half_a_head.as_bytes()),
        ground.raw(half_a_body.as_bytes()),
        ground.raw(big_head.as_bytes()),
        ground.raw(many_headers.as_bytes()),
        ground.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ground.raw(b"GET / HTTP/1.1\r\n\r\n"),
        ground.raw(b"GET http://evil.example/ HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"),
    ]);
    let meanwhile = ground.ask(&token, "/api/v1/clusters");
    let (answers, meanwhile) = futures::future::join(asked, meanwhile).await;
    assert_eq!(meanwhile.status, 200);
    let status = |answer: &String| answer.split(' ').nth(1).unwrap_or("").to_owned();
    let statuses: Vec<_> = answers.iter().map(status).collect();
    let [
        nothing,
        half_a_head,
        half_a_body,
        big,
        many,
        bytes,
        no_host,
        elsewhere,
    ] = statuses.as_slice()
    else {
        panic!("{statuses:?}")
    };
    assert_eq!(
        [nothing, half_a_head, half_a_body].map(String::as_str),
        ["", "", "408"]
    );
    // What is answered while it is still being sent may be lost on the way.
    for too_much in [big, many] {
        assert!(too_much.is_empty() || too_much == "431", "{statuses:?}");
    }
    assert_eq!(
        [bytes, no_host, elsewhere].map(String::as_str),
        ["400", "400", "400"]
    );
}

#[tokio::test(start_paused = true)]
async fn one_address_does_not_take_every_connection() {
    let ground = Ground::new().await;
    let mut held = Vec::new();
    for _ in 0..64 {
        held.push(TcpStream::connect(ground.at).await.unwrap());
    }
    // They wait in line, so that this one is looked at after all of them.
    let ask = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    assert_eq!(ground.raw(ask).await, "");
    let other = tokio::net::TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = other.connect(ground.at).await.unwrap();
    other.write_all(ask).await.unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    drop(held);
}
