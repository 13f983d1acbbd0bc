//! The HTTP interface over the network: who is let in, and to what.

use std::net::SocketAddr;
use std::time::Duration;

use ringkeeper_access::Access;
use ringkeeper_api::Role;
use ringkeeper_seams::TaskGroup;
use ringkeeper_server::{Doors, Network, Terms};
use ringkeeper_suite::{HEALTH_GRANTS, SimHost};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::approvals;
use crate::document::{self, Operation};

const DAY: Duration = Duration::from_secs(86_400);
/// Far longer than any client is given.
const DEADLINE: Duration = Duration::from_secs(60);

/// A host on a cluster in memory that listens on loopback.
struct Ground {
    host: SimHost,
    access: Access,
    at: SocketAddr,
    client: reqwest::Client,
    _tasks: TaskGroup,
    _directory: TempDir,
}

/// Status, the header `Retry-After`, and what was said.
struct Answered {
    status: u16,
    wait: Option<u64>,
    body: String,
}

impl Ground {
    async fn new() -> Self {
        Self::to(SimHost::start(&HEALTH_GRANTS).await, Role::Operator).await
    }

    /// Looks once under a paused clock; what is asked over the network takes real time.
    async fn to(host: SimHost, approvers: Role) -> Self {
        host.pass(20).await;
        tokio::time::resume();
        let directory = tempfile::tempdir().unwrap();
        let socket = ringkeeper_server::bind(&directory.path().join("host.sock")).unwrap();
        let loopback = "127.0.0.1:0".parse().unwrap();
        let terms = Terms {
            allowed_hosts: vec!["ringkeeper.example".to_owned()],
            approvers,
        };
        let network = Network::bind(loopback, None, terms).await.unwrap();
        let at = network.address().unwrap();
        let doors = Doors {
            socket,
            network: Some(network),
        };
        let access = host.access().await;
        let forever = std::future::pending();
        let served = ringkeeper_server::serve(doors, host.conductor.clone(), None, access.clone(), forever);
        let mut tasks = TaskGroup::new();
        tasks.spawn(async move { served.await.unwrap() });
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Self {
            host,
            access,
            at,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            _tasks: tasks,
            _directory: directory,
        }
    }

    async fn token(&self, name: &str, role: Role) -> String {
        let made = self.access.create(name, role, DAY, "a test").await;
        made.unwrap().0.reveal()
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.client.request(method, format!("http://{}{path}", self.at))
    }

    async fn ask(&self, token: &str, path: &str) -> Answered {
        answered(self.request("GET", path).bearer_auth(token)).await
    }

    /// What comes back for bytes as they are, until the host ends the connection.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        // The host may have ended it before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(DEADLINE, stream.read_to_end(&mut answer)).await;
        // Whether the end is an orderly one is not the point.
        let _ = read.expect("the host ends the connection");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Answered {
    let answer = request.send().await.unwrap();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
    let wait = answer.headers().get("retry-after");
    Answered {
        status: answer.status().as_u16(),
        wait: wait.map(|wait| wait.to_str().unwrap().parse().unwrap()),
        body: answer.text().await.unwrap(),
    }
}

fn problem(answered: &Answered) -> Value {
    serde_json::from_str(&answered.body).unwrap_or_else(|_| panic!("{} {}", answered.status, answered.body))
}

/// A path with something in each of its places.
fn filled(path: &str) -> String {
    let cluster = path.replace("{cluster}", "shop");
    cluster
        .replace("{node}", "10.0.0.1")
        .replace("{id}", "shop-999999")
        .replace("{name}", "nobody")
}

#[tokio::test(start_paused = true)]
async fn every_route_lets_in_the_roles_that_the_document_names_and_no_others() {
    let ground = Ground::new().await;
    let mut tokens = Vec::new();
    for role in Role::EVERY {
        tokens.push((role, ground.token(role.name(), role).await));
    }
    for Operation { method, path, said } in document::operations() {
        let asked = filled(&path);
        // A body that means nothing changes nothing: what was let pass ends at it.
        let request = || {
            let request = ground
                .request(&method, &asked)
                .header("content-type", "application/json");
            request.body("[]")
        };
        let takes = said["x-role"].as_str().map(|role| role.parse::<Role>().unwrap());
        if path == "/api/v1/events" {
            assert_eq!(takes, Some(Role::Viewer));
            continue;
        }
        let stranger = answered(request()).await;
        // Who asks so much without a token is not even told why not.
        assert_eq!(
            matches!(stranger.status, 401 | 429),
            takes.is_some(),
            "{method} {path}: {}",
            stranger.status
        );
        for (role, token) in &tokens {
            let answer = answered(request().bearer_auth(token)).await;
            let may = takes.is_none_or(|takes| takes <= *role);
            assert_eq!(
                answer.status != 403,
                may,
                "{role}: {method} {path}: {}",
                answer.body
            );
            let is_there = answer.status != 405 && !answer.body.contains("there is nothing at");
            assert!(is_there, "{method} {path}: {}", answer.body);
            assert_eq!(
                document::complaints(&method, &asked, answer.status, &answer.body),
                Vec::<String>::new(),
                "{role}"
            );
        }
    }
    assert!(!ground.host.conductor.freeze_status(None).unwrap().frozen);
}

#[tokio::test(start_paused = true)]
async fn whoever_has_no_good_token_gets_one_clear_answer() {
    let ground = Ground::new().await;
    let good = ground.token("good", Role::Viewer).await;
    let revoked = ground.token("gone", Role::Admin).await;
    ground.access.revoke("gone", "", "a test").await.unwrap();
    let get = || ground.request("GET", "/api/v1/clusters");
    let id = good.split('.').nth(1).unwrap();
    let guess = format!("rka1.{id}.{}", "A".repeat(43));
    let mut answers = String::new();
    for (about, request) in [
        ("nothing", get()),
        ("two tokens", get().bearer_auth(&good).bearer_auth(&good)),
        ("another scheme", get().basic_auth("root", Some("root"))),
        ("no token", get().bearer_auth("hello")),
        ("half a token", get().bearer_auth(&good[..40])),
        ("a guess", get().bearer_auth(&guess)),
        ("bytes", get().header("authorization", &b"Bearer \xff\xfe"[..])),
        ("a revoked one", get().bearer_auth(&revoked)),
        ("an unknown path", ground.request("GET", "/api/v1/secrets")),
    ] {
        let answer = answered(request).await;
        let problem = problem(&answer);
        assert_eq!(
            (answer.status, problem["code"].as_str()),
            (401, Some("unauthenticated")),
            "{about}"
        );
        let message = problem["message"].as_str().unwrap();
        answers += &format!("{about}: {}\n", message.split(" at 20").next().unwrap());
    }
    insta::assert_snapshot!(answers);
    assert_eq!(ground.ask(&good, "/api/v1/clusters").await.status, 200);
    assert_eq!(answered(ground.request("GET", "/healthz")).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn whoever_tries_tokens_is_slowed_down_and_keeps_nobody_with_a_good_one_out() {
    let ground = Ground::new().await;
    let good = ground.token("good", Role::Viewer).await;
    let mut told = 0;
    let late = loop {
        let answer = ground.ask("rka1.000000000000.guess", "/api/v1/clusters").await;
        match answer.status {
            401 => told += 1,
            _ => break answer,
        }
        assert!(told < 100);
    };
    assert_eq!(
        (late.status, problem(&late)["code"].as_str()),
        (429, Some("too-many"))
    );
    assert!(
        (1..=6).contains(&late.wait.unwrap()) && told >= 10,
        "{:?} {told}",
        late.wait
    );
    assert_eq!(ground.ask(&good, "/api/v1/clusters").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_asks_too_often_waits_and_another_does_not() {
    let ground = Ground::new().await;
    let (eager, other) = (
        ground.token("eager", Role::Viewer).await,
        ground.token("other", Role::Viewer).await,
    );
    let mut answers = Vec::new();
    for _ in 0..5 {
        let asked = (0..32).map(|_| ground.ask(&eager, "/api/v1/openapi.json"));
        answers.extend(futures::future::join_all(asked).await);
    }
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(!refused.is_empty() && refused.len() <= 60, "{}", refused.len());
    assert!(refused.iter().all(|answer| answer.wait == Some(1)));
    assert_eq!(ground.ask(&other, "/api/v1/clusters").await.status, 200);
}

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
async fn events_go_on_where_they_were_left_and_from_nowhere_else() {
    let ground = Ground::new().await;
    for frozen in [true, false] {
        let freeze = serde_json::json!({ "frozen": frozen, "reason": "test" });
        let freeze = serde_json::from_value(freeze).unwrap();
        ground.host.conductor.set_freeze(&freeze).await.unwrap();
    }
    let token = ground.token("ci", Role::Viewer).await;
    let events = || ground.request("GET", "/api/v1/events").bearer_auth(&token);
    let first = async |request: reqwest::RequestBuilder| {
        let mut answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut text = String::new();
        while text.matches("\n\n").count() < 2 {
            text += &String::from_utf8_lossy(&answer.chunk().await.unwrap().unwrap());
        }
        text
    };
    let after = first(
        ground
            .request("GET", "/api/v1/events?after=1")
            .bearer_auth(&token),
    )
    .await;
    assert!(after.starts_with("id: 1\n\nid: 2\ndata: "), "{after}");
    let resumed = first(events().header("last-event-id", "1")).await;
    assert_eq!(
        after.split("\n\n").take(2).collect::<Vec<_>>(),
        resumed.split("\n\n").take(2).collect::<Vec<_>>()
    );
    for id in ["999999", "18446744073709551615"] {
        let answer = answered(events().header("last-event-id", id)).await;
        let message = problem(&answer)["message"].as_str().unwrap().to_owned();
        assert!(
            answer.status == 404 && message.contains(&format!("there is no event {id}")),
            "{message}"
        );
    }
    for id in ["", "-1", "one", "18446744073709551616"] {
        assert_eq!(
            answered(events().header("last-event-id", id)).await.status,
            400,
            "{id}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_follows_events_is_told_no_more_once_the_token_was_revoked() {
    let ground = Ground::new().await;
    let token = ground.token("ci", Role::Viewer).await;
    let stream = ground.request("GET", "/api/v1/events").bearer_auth(&token);
    let mut answer = stream.send().await.unwrap();
    let began = answer.chunk().await.unwrap().unwrap();
    assert!(began.starts_with(b"id: "));
    ground.access.revoke("ci", "", "a test").await.unwrap();
    let freeze = serde_json::from_str(r#"{"frozen":true,"reason":"secret plans"}"#).unwrap();
    ground.host.conductor.set_freeze(&freeze).await.unwrap();
    let rest = tokio::time::timeout(DEADLINE, answer.text())
        .await
        .unwrap()
        .unwrap();
    assert!(
        rest.contains("event: problem") && rest.contains("no good any more"),
        "{rest}"
    );
    assert!(!rest.contains("secret plans"), "{rest}");
}

#[tokio::test(start_paused = true)]
async fn streams_of_events_are_bounded() {
    let ground = Ground::new().await;
    let token = ground.token("ci", Role::Viewer).await;
    let mut open = Vec::new();
    let refused = loop {
        let request = ground.request("GET", "/api/v1/events").bearer_auth(&token);
        let answer = request.send().await.unwrap();
        match answer.status().as_u16() {
            200 => open.push(answer),
            _ => break answer,
        }
        assert!(open.len() < 200);
    };
    assert_eq!((refused.status().as_u16(), open.len()), (429, 32));
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(ground.ask(&token, "/api/v1/clusters").await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_with_a_token_is_done_in_its_name() {
    let ground = Ground::new().await;
    let token = ground.token("ops", Role::Admin).await;
    let create = ground.request("POST", "/api/v1/tokens").bearer_auth(&token);
    let made = answered(create.json(&serde_json::json!({ "name": "ci", "role": "viewer" }))).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let secret = problem(&made)["token"].as_str().unwrap().to_owned();
    let listed = ground.ask(&secret, "/api/v1/tokens").await;
    assert!(
        !listed.body.contains(&secret) && listed.body.contains("\"made_by\":\"token ops\""),
        "{}",
        listed.body
    );
    let revoke = ground
        .request("POST", "/api/v1/tokens/ci/revoke")
        .bearer_auth(&token);
    let revoked = answered(revoke.json(&serde_json::json!({ "reason": "done" }))).await;
    assert!(revoked.body.contains("by token ops: done"), "{}", revoked.body);
    assert_eq!(ground.ask(&secret, "/api/v1/tokens").await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn a_word_is_given_by_the_role_that_may_and_stands_in_the_name_of_its_token() {
    let ground = Ground::to(approvals::host_that_asks().await, Role::Admin).await;
    let mut tokens = Vec::new();
    for role in Role::EVERY {
        tokens.push(ground.token(role.name(), role).await);
    }
    let [viewer, operator, admin] = tokens.as_slice() else {
        panic!("{}", tokens.len())
    };
    let post = async |token: &String, path: &str, body: &str| {
        let request = ground.request("POST", path).bearer_auth(token);
        answered(
            request
                .header("content-type", "application/json")
                .body(body.to_owned()),
        )
        .await
    };
    let open = r#"{"operation":"patching.restart","parameters":{"racks":["rack1"]}}"#;
    assert_eq!(post(viewer, "/api/v1/runs", open).await.status, 403);
    let run = post(operator, "/api/v1/runs", open).await;
    assert_eq!(run.status, 202, "{}", run.body);
    let run = problem(&run);
    let (id, hash) = (
        run["id"].as_str().unwrap(),
        run["approval"]["hash"].as_str().unwrap(),
    );
    let approve = format!("/api/v1/runs/{id}/approve");
    let word = format!(r#"{{"hash":"{hash}"}}"#);
    for token in [viewer, operator] {
        let refused = post(token, &approve, &word).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let by_hash = format!(r#"{{"operation":"patching.restart","approve":"{hash}"}}"#);
        assert_eq!(post(token, "/api/v1/runs", &by_hash).await.status, 403);
    }
    let approved = post(admin, &approve, &word).await;
    assert_eq!(
        problem(&approved)["approval"]["by"],
        "token admin",
        "{}",
        approved.body
    );
    let events = serde_json::to_string(&ground.host.events().await).unwrap();
    assert!(
        events.contains("\"token admin\"") && events.contains("\"token operator\""),
        "{events}"
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
