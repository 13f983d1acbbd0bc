//! The HTTP interface, over a real Unix socket.

use ringkeeper_seams::TaskGroup;
use ringkeeper_suite::{HEALTH_GRANTS, SimHost};
use tempfile::TempDir;

use crate::{approvals, document};

/// A host on a cluster in memory, listening.
struct Listening {
    host: SimHost,
    client: reqwest::Client,
    _tasks: TaskGroup,
    _directory: TempDir,
}

impl Listening {
    async fn start() -> Self {
        Self::to(SimHost::start(&HEALTH_GRANTS).await).await
    }

    async fn to(host: SimHost) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("host.sock");
        let listener = ringkeeper_server::bind(&socket).unwrap();
        let mut tasks = TaskGroup::new();
        let access = host.access().await;
        let forever = std::future::pending();
        let served = ringkeeper_server::serve(listener.into(), host.conductor.clone(), None, access, forever);
        tasks.spawn(async move { served.await.unwrap() });
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder().unix_socket(socket).build().unwrap();
        Self {
            host,
            client,
            _tasks: tasks,
            _directory: directory,
        }
    }

    async fn ask(&self, path: &str) -> String {
        answer(self.client.get(format!("http://host{path}"))).await
    }

    async fn post(&self, path: &str, body: &str) -> String {
        let request = self
            .client
            .post(format!("http://host{path}"))
            .header("content-type", "application/json");
        answer(request.body(body.to_owned())).await
    }
}

/// What an answer says, as JSON.
fn json(answer: &str) -> serde_json::Value {
    serde_json::from_str(answer.split_once('\n').unwrap().1).unwrap()
}

/// Status and body, JSON made readable.
async fn answer(request: reqwest::RequestBuilder) -> String {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let (method, path) = (request.method().clone(), request.url().path().to_owned());
    let answer = client.execute(request).await.unwrap();
    let status = answer.status();
    let body = answer.text().await.unwrap();
    assert_eq!(
        document::complaints(method.as_str(), &path, status.as_u16(), &body),
        Vec::<String>::new()
    );
    let pretty = serde_json::from_str::<serde_json::Value>(&body)
        .map(|json| serde_json::to_string_pretty(&json).unwrap());
    format!("{status}\n{}\n", pretty.unwrap_or(body))
}

#[tokio::test(start_paused = true)]
async fn every_question_has_its_answer() {
    let listening = Listening::start().await;
    listening.host.pass(20).await;
    let second = listening.host.node(1);
    listening.host.cluster.kill(second);
    listening.host.pass(40).await;
    for (name, path) in [
        ("clusters", "/api/v1/clusters"),
        ("cluster", "/api/v1/clusters/shop"),
        ("node", "/api/v1/clusters/shop/nodes/10.0.0.2"),
        ("findings", "/api/v1/findings?cluster=shop"),
        ("healthz", "/healthz"),
        ("readyz", "/readyz"),
        ("metrics", "/metrics"),
    ] {
        let answer = listening.ask(path).await;
        insta::with_settings!({ filters => vec![(r"(limit_used\{[^}]*\}) .*", "$1 [used]")] }, {
            insta::assert_snapshot!(name, answer);
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_reaches_no_node_says_so() {
    let listening = Listening::start().await;
    listening.host.cluster.set_contact_points(Ok(Vec::new()));
    listening.host.pass(20).await;
    insta::assert_snapshot!(listening.ask("/readyz").await + &listening.ask("/api/v1/clusters/shop").await);
}

#[tokio::test(start_paused = true)]
async fn bad_questions_get_one_clear_answer_each() {
    let listening = Listening::start().await;
    listening.host.pass(20).await;
    let mut answers = String::new();
    for path in [
        "/api/v2/clusters",
        "/api/v1/clusters/shopp",
        "/api/v1/clusters/shop/nodes/10.9.9.9",
        "/api/v1/clusters/shop/nodes/10.9.9.9/storage",
        "/api/v1/clusters/shop/nodes/10.0.0.2/storage",
        "/api/v1/clusters/shop/nodes/10.0.0.2/log?lines=0",
        "/api/v1/clusters/shop/nodes/10.0.0.2/log?level=loud",
        "/api/v1/findings?colour=red",
    ] {
        answers += &format!("GET {path}\n{}", listening.ask(path).await);
    }
    for body in [
        "{",
        "[]",
        r#"{"operation":"health.check","colour":"red"}"#,
        r#"{"operation":"repair.full"}"#,
    ] {
        answers += &format!(
            "POST /api/v1/plans {body}\n{}",
            listening.post("/api/v1/plans", body).await
        );
    }
    let giant = format!(r#"{{"operation":"{}"}}"#, "x".repeat(100_000));
    answers += &format!(
        "POST /api/v1/plans with 100 kB\n{}",
        listening.post("/api/v1/plans", &giant).await
    );
    insta::assert_snapshot!(answers);
}

#[tokio::test(start_paused = true)]
async fn bad_requests_about_work_get_one_clear_answer_each() {
    let listening = Listening::start().await;
    let mut answers = String::new();
    for path in [
        "/api/v1/runs?colour=red",
        "/api/v1/events?after=soon",
        "/api/v1/runs/%ff",
    ] {
        answers += &format!("GET {path}\n{}", listening.ask(path).await);
    }
    for (path, body) in [
        ("/api/v1/runs", r#"{"operation":"repair.full","colour":"red"}"#),
        ("/api/v1/runs", r#"{"operation":7}"#),
        ("/api/v1/runs/shop-1/cancel", r#"{"now":"yes"}"#),
        ("/api/v1/freeze", r#"{"reason":"Black Friday"}"#),
        ("/api/v1/journal/backup", r#"{"file":"backup.sqlite"}"#),
        ("/api/v1/leases", "{}"),
        ("/api/v1/guard/explain", "{}"),
        ("/api/v1/guard/explain", r#"{"nodes":["10.9.9.9"]}"#),
        ("/api/v1/guard/explain", r#"{"nodes":[""]}"#),
        ("/api/v1/guard/explain", r#"{"racks":["dc1"]}"#),
        (
            "/api/v1/guard/explain",
            r#"{"nodes":["10.0.0.1"],"impact":"explode"}"#,
        ),
        (
            "/api/v1/guard/explain",
            r#"{"nodes":["10.0.0.1"],"work":"sleep"}"#,
        ),
        ("/api/v1/guard/explain", r#"{"nodes":"10.0.0.1"}"#),
        (
            "/api/v1/guard/explain",
            r#"{"nodes":["10.0.0.1"],"colour":"red"}"#,
        ),
        (
            "/api/v1/guard/explain",
            r#"{"cluster":"moon","nodes":["10.0.0.1"]}"#,
        ),
    ] {
        answers += &format!("POST {path} {body}\n{}", listening.post(path, body).await);
    }
    let request = |method, path: &str| {
        listening
            .client
            .request(method, format!("http://host/api/v1{path}"))
            .body("{\"operation\":\"repair.full\"}")
    };
    let unsaid = request(reqwest::Method::PUT, "/schedules");
    answers += &format!(
        "PUT /api/v1/schedules without a content type\n{}",
        answer(unsaid).await
    );
    let key = request(reqwest::Method::POST, "/runs").header("content-type", "application/json");
    let key = key.header("idempotency-key", "x".repeat(129));
    answers += &format!(
        "POST /api/v1/runs with a key of 129 characters\n{}",
        answer(key).await
    );
    let begin = request(reqwest::Method::GET, "/events").header("last-event-id", "the last one");
    answers += &format!("GET /api/v1/events after a text\n{}", answer(begin).await);
    insta::assert_snapshot!(answers);
}

#[tokio::test(start_paused = true)]
async fn a_word_is_given_in_the_name_of_the_user_at_the_socket_and_refused_with_a_reason() {
    let listening = Listening::to(approvals::host_that_asks().await).await;
    let body = r#"{"operation":"patching.restart","parameters":{"racks":["rack1"]}}"#;
    let run = json(&listening.post("/api/v1/runs", body).await);
    assert_eq!(run["state"], "AwaitingApproval");
    let (id, hash) = (
        run["id"].as_str().unwrap(),
        run["approval"]["hash"].as_str().unwrap(),
    );
    let plan = json(&listening.ask(&format!("/api/v1/runs/{id}/plan")).await);
    assert_eq!(
        (plan["run"].as_str(), plan["hash"].as_str()),
        (Some(id), Some(hash))
    );
    let approve = format!("/api/v1/runs/{id}/approve");
    let mut answers = String::new();
    for body in [r#"{}"#, r#"{"hash":"0123"}"#, r#"{"hash":"0123","by":"root"}"#] {
        answers += &format!("POST approve {body}\n{}", listening.post(&approve, body).await);
    }
    let settings = [(id, "[run]"), (hash, "[hash]")];
    let said = |text: String| {
        settings
            .iter()
            .fold(text, |text, (what, word)| text.replace(what, word))
    };
    insta::assert_snapshot!(said(answers));
    let told = json(&listening.post(&approve, &format!(r#"{{"hash":"{hash}"}}"#)).await);
    assert_eq!(told["state"], "Running");
    use std::os::unix::fs::MetadataExt as _;
    let own = std::fs::metadata(listening._directory.path()).unwrap().uid();
    let by = told["approval"]["by"].as_str().unwrap();
    assert!(by.contains(&format!("uid {own}")), "{by}");
    let late = listening
        .post(&format!("/api/v1/runs/{id}/reject"), r#"{"reason":"too late"}"#)
        .await;
    assert!(
        late.starts_with("409") && late.contains("waits for nobody's word"),
        "{late}"
    );
}

/// What a person did is in the audit log, by their name; a segment of it can be had, checked and noted as exported.
#[tokio::test(start_paused = true)]
async fn the_audit_log_is_listed_checked_and_exported() {
    let host = Listening::start().await;
    let freeze = r#"{"cluster":"shop","frozen":true,"reason":"Black Friday"}"#;
    let frozen = host.post("/api/v1/freeze", freeze).await;
    assert!(frozen.starts_with("200 OK"), "{frozen}");
    let rows = json(&host.ask("/api/v1/audit?last=1").await);
    assert_eq!(rows[0]["what"], "frozen", "{rows}");
    assert_eq!(rows[0]["detail"], "Black Friday");
    let hash = rows[0]["hash"].as_str().unwrap();
    let verdict = json(&host.ask(&format!("/api/v1/audit/verify?head={hash}")).await);
    assert_eq!(verdict["problem"], serde_json::Value::Null, "{verdict}");
    assert_eq!(
        (&verdict["head_of"], &verdict["head"]),
        (&rows[0]["number"], &rows[0]["hash"])
    );
    let other = json(&host.ask("/api/v1/audit/verify?head=f00d").await);
    assert!(other["problem"].as_str().unwrap().contains("f00d"), "{other}");

    let segments = json(&host.post("/api/v1/audit/seal", "").await);
    assert_eq!(segments[0]["hash"], hash, "{segments}");
    let segment = json(&host.ask("/api/v1/audit/segments/1").await);
    let lines = segment["text"].as_str().unwrap().lines().count() as u64;
    assert_eq!(lines, 1 + rows[0]["number"].as_u64().unwrap());
    let wrong = host
        .post("/api/v1/audit/segments/1/exported", r#"{"hash":"f00d"}"#)
        .await;
    assert!(wrong.starts_with("400"), "{wrong}");
    let noted = format!("{{\"hash\":\"{hash}\"}}");
    let noted = json(&host.post("/api/v1/audit/segments/1/exported", &noted).await);
    assert!(noted["exported_at"].is_string(), "{noted}");
    let missing = host.ask("/api/v1/audit/segments/2").await;
    assert!(missing.starts_with("404"), "{missing}");
}

/// A change that is asked for again with its key is made once, whatever it is; the key is good for nothing else.
#[tokio::test(start_paused = true)]
async fn every_change_with_a_key_is_made_once() {
    let host = Listening::start().await;
    let with_key = async |path: &str, body: &str| {
        let request = host.client.post(format!("http://host{path}"));
        let request = request
            .header("content-type", "application/json")
            .header("idempotency-key", "k-1");
        answer(request.body(body.to_owned())).await
    };
    let (path, token) = ("/api/v1/tokens", r#"{"name":"ci","role":"viewer"}"#);
    let made = with_key(path, token).await;
    assert!(made.starts_with("200 OK"), "{made}");
    // Without the key it is refused, as there is one of this name.
    assert_eq!(with_key(path, token).await, made);
    assert!(host.post(path, token).await.starts_with("409"));
    for (path, body) in [
        (path, r#"{"name":"other","role":"viewer"}"#),
        ("/api/v1/freeze", token),
    ] {
        let other = with_key(path, body).await;
        assert!(
            other.starts_with("400") && other.contains("the idempotency key `k-1` came with another request"),
            "{path}: {other}"
        );
    }
    let tokens = json(&host.ask(path).await);
    assert_eq!(tokens.as_array().unwrap().len(), 1, "{tokens}");
}
