//! Approving what a run waits with, as a shell sees it: the program against a host that has one run waiting.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use ringkeeper_seams::TaskGroup;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixListener;
use tokio::process::Command;

const HASH: &str = "5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592";

/// What was approved.
type Approved = Arc<Mutex<Vec<Value>>>;

fn summary(state: &str) -> Value {
    json!({
        "id": "shop-901", "cluster": "shop", "operation": "patching.restart", "title": "Restart one node",
        "state": state, "cause": "schedule", "opened_at": "2026-03-01T12:00:00Z", "ended_at": null, "steps": 1,
        "steps_done": 0, "steps_failed": 0, "progress": 0.0, "eta_seconds": null, "blocked_by": [], "summary": "",
        "approval": { "state": "waiting", "hash": HASH },
    })
}

fn detail() -> Value {
    let mut detail = summary("AwaitingApproval");
    let more = json!({
        "plugin": "patching", "digest": "8f3c", "plan_hash": HASH, "parameters": {}, "step_rows": [], "goals": [],
        "in_doubt": 0, "repeated": 0,
    });
    let fields = more.as_object().unwrap().clone();
    detail.as_object_mut().unwrap().extend(fields);
    detail
}

fn plan() -> Value {
    json!({
        "cluster": "shop", "plugin": "patching", "operation": "patching.restart", "run": "shop-901", "hash": HASH,
        "plan": { "title": "Restart one node", "findings": [], "steps": [], "goals": [] }, "consent": "ask",
        "consent_reason": "policy.approval.disrupt asks for a person's word: 1 step disrupts", "limits": [], "log": [],
    })
}

async fn approve(State(approved): State<Approved>, Json(request): Json<Value>) -> Json<Value> {
    approved.lock().unwrap().push(request);
    Json(summary("Running"))
}

/// A host with one run that waits, in this folder.
fn host(folder: &Path, tasks: &mut TaskGroup) -> Approved {
    let approved = Approved::default();
    let router = Router::new()
        .route("/api/v1/runs/shop-901", get(async || Json(detail())))
        .route("/api/v1/runs/shop-901/plan", get(async || Json(plan())))
        .route("/api/v1/runs/shop-901/approve", post(approve))
        .with_state(Arc::clone(&approved));
    let listener = UnixListener::bind(folder.join("host.sock")).unwrap();
    let served = axum::serve(listener, router);
    tasks.spawn(async move { served.await.unwrap() });
    approved
}

/// Runs the program and says `said` to it.
async fn ringkeeper(folder: &Path, arguments: &[&str], said: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringkeeper"));
    command
        .arg("--socket")
        .arg(folder.join("host.sock"))
        .args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // One that asks nothing does not listen.
    let _ = child.stdin.take().unwrap().write_all(said.as_bytes()).await;
    let output = child.wait_with_output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_approved_by_repeating_its_hash_and_by_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut tasks = TaskGroup::new();
    let approved = host(folder.path(), &mut tasks);
    let command = ["runs", "approve", "shop-901"];
    for said in ["", "\n", "yes\n", "5d41402a\n"] {
        let (exit, text) = ringkeeper(folder.path(), &command, said).await;
        assert_eq!(exit, Some(3), "{said:?}: {text}");
        assert!(
            text.contains("that is not its hash; nothing was approved"),
            "{text}"
        );
        assert!(
            text.contains(&format!("ringkeeper runs approve shop-901 {HASH}")),
            "{text}"
        );
    }
    assert!(approved.lock().unwrap().is_empty());
    let (exit, text) = ringkeeper(folder.path(), &command, &format!("{}\n", &HASH[..12])).await;
    assert_eq!(exit, Some(0), "{text}");
    for part in [
        "Plan of patching.restart for shop in run shop-901",
        "1 step disrupts",
        "Run shop-901: Running",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(*approved.lock().unwrap(), [json!({ "hash": HASH })]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_names_the_hash_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut tasks = TaskGroup::new();
    let approved = host(folder.path(), &mut tasks);
    let json = ["--format", "json", "runs", "approve", "shop-901"];
    let (exit, text) = ringkeeper(folder.path(), &json, "").await;
    assert_eq!(exit, Some(2), "{text}");
    assert!(
        text.contains("nobody can be asked while the answer is JSON"),
        "{text}"
    );
    let (exit, text) = ringkeeper(folder.path(), &[&json[..], &[HASH]].concat(), "").await;
    assert_eq!(exit, Some(0), "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["state"], "Running");
    assert_eq!(approved.lock().unwrap().len(), 1);
}
