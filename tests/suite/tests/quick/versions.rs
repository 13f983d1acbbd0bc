//! Versions of a plugin: installed, approved, rolled back, parked.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{InstallState, PluginState, PluginSummary, RunRequest, VersionState};
use ringkeeper_bundled::fixtures::{ASKER, CRASHER, IDLE};
use ringkeeper_conductor::NoFaults;
use ringkeeper_guard::Scope;
use ringkeeper_plan::Severity;
use ringkeeper_sandbox::Limits;
use ringkeeper_suite::{SimHost, SimPlugin};
use serde_json::json;

async fn host(name: &'static str, component: &'static [u8], grants: &[&'static str]) -> SimHost {
    let host = SimHost::working_with(SimPlugin {
        name,
        component,
        grants: grants.to_vec(),
        scope: Scope::default(),
        limits: Limits {
            cpu: Duration::from_millis(100),
            ..Limits::default()
        },
    })
    .await;
    host.pass(20).await;
    host
}

fn plugin(host: &SimHost, name: &str) -> PluginSummary {
    let all = host.conductor.plugin_summaries();
    all.into_iter().find(|plugin| plugin.name == name).unwrap()
}

fn can(host: &SimHost, name: &str, operation: &str) -> bool {
    let operations = plugin(host, name).operations;
    operations.iter().any(|row| row.name == operation)
}

/// The same component under another digest.
fn another(component: &[u8]) -> Vec<u8> {
    let mut bytes = component.to_vec();
    // A custom section without content, called `a`.
    bytes.extend([0, 2, 1, b'a']);
    bytes
}

const ASKS: [&str; 3] = ["repair", "tables", "lifecycle"];

#[tokio::test(start_paused = true)]
async fn a_version_that_asks_for_more_waits_for_a_word_and_is_rolled_back() {
    let mut host = host("asker", IDLE, &ASKS).await;
    assert!(!can(&host, "asker", "asker.ask"));
    let answer = host
        .conductor
        .install(ASKER.to_vec(), None, false, "anna")
        .await
        .unwrap();
    assert_eq!(answer.state, InstallState::Waits);
    assert_eq!(
        answer.more,
        [
            "it asks for `lifecycle`",
            "it asks for `repair`",
            "it asks for `tables`",
            "it has the operation `asker.ask`, of impact disrupt"
        ]
    );
    assert!(!can(&host, "asker", "asker.ask"), "it waits");
    let wrong = host
        .conductor
        .approve_version("asker", "0000", "anna")
        .await
        .unwrap_err();
    assert!(
        wrong.to_string().contains("the version of asker that waits is"),
        "{wrong}"
    );
    let short = &answer.digest[..12];
    host.conductor
        .approve_version("asker", short, "anna")
        .await
        .unwrap();
    assert!(can(&host, "asker", "asker.ask"));
    // It is in force for the next host, too.
    host.kill_and_restart(Arc::new(NoFaults)).await;
    assert!(can(&host, "asker", "asker.ask"));
    let now = plugin(&host, "asker");
    assert_eq!(now.digest.as_ref(), Some(&answer.digest));
    assert_eq!(now.versions[0].state, VersionState::InForce);
    host.conductor.roll_back("asker", "anna").await.unwrap();
    assert!(!can(&host, "asker", "asker.ask"));
    assert_eq!(plugin(&host, "asker").versions[0].state, VersionState::Before);
    let none = host.conductor.roll_back("asker", "anna").await.unwrap_err();
    assert!(none.to_string().contains("there is none before it"), "{none}");
    host.kill_and_restart(Arc::new(NoFaults)).await;
    assert!(!can(&host, "asker", "asker.ask"));
}

#[tokio::test(start_paused = true)]
async fn a_version_that_asks_for_no_more_is_in_force_at_once_and_a_run_goes_on_with_it() {
    let host = host("asker", ASKER, &ASKS).await;
    let answer = host
        .conductor
        .install(another(ASKER), None, false, "anna")
        .await
        .unwrap();
    assert_eq!((answer.state, answer.more.len()), (InstallState::InForce, 0));
    assert_eq!(plugin(&host, "asker").digest, Some(answer.digest));
    let twice = host
        .conductor
        .install(another(ASKER), None, false, "anna")
        .await
        .unwrap_err();
    assert!(twice.to_string().contains("in force already"), "{twice}");
    let node = host.node(1).to_string();
    let flush = json!({ "flush": { "node": node, "keyspace": "orders", "table": "lines" } });
    let run = open(
        &host,
        "asker.ask",
        json!({ "steps": [{ "nodes": [node], "calls": [flush] }] }),
    )
    .await;
    host.pass(30).await;
    let detail = host.conductor.run(&run).unwrap();
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_loaded_is_not_installed() {
    let host = host("asker", IDLE, &["repair", "tables"]).await;
    let install = |bytes: Vec<u8>, signature: Option<&str>| {
        let (conductor, signature) = (Arc::clone(&host.conductor), signature.map(str::to_owned));
        async move {
            let refused = conductor.install(bytes, signature, true, "anna").await;
            refused.unwrap_err().to_string()
        }
    };
    let refused = install(ASKER.to_vec(), None).await;
    assert!(
        refused.contains("it uses `lifecycle`, not granted to it"),
        "{refused}"
    );
    let refused = install(ASKER.to_vec(), Some("a letter")).await;
    assert!(refused.contains("its signature cannot be read"), "{refused}");
    let refused = install(CRASHER.to_vec(), None).await;
    assert!(
        refused.contains("no plugin is called `crasher` in the configuration"),
        "{refused}"
    );
    assert!(!install(b"\0asm".to_vec(), None).await.is_empty());
    assert!(plugin(&host, "asker").versions.is_empty());
}

async fn open(host: &SimHost, operation: &str, parameters: serde_json::Value) -> String {
    let asked = RunRequest {
        operation: operation.to_owned(),
        cluster: None,
        parameters: parameters.as_object().cloned().unwrap(),
        approve: None,
        deadline: None,
        security: false,
    };
    host.conductor.open_run(&asked).await.unwrap().id
}

/// Runs of the plugin, until it has broken more often in a row than it may.
async fn crash(host: &SimHost) {
    for _ in 0..2 {
        let parameters =
            json!({ "node": host.node(1).to_string(), "breaks": "before-it-goes", "by": "trap" });
        open(host, "crasher.restart", parameters).await;
        host.pass(300).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_breaks_again_and_again_is_parked_until_a_person_says_so() {
    let mut host = host("crasher", CRASHER, &["lifecycle"]).await;
    crash(&host).await;
    host.pass(310).await;
    assert!(matches!(plugin(&host, "crasher").state, PluginState::Parked(_)));
    let told = |host: &SimHost| {
        let all = host.conductor.findings(None).unwrap();
        all.into_iter()
            .find(|open| open.finding.key == "plugin-parked/crasher")
    };
    assert_eq!(told(&host).unwrap().finding.severity, Severity::Severe);
    host.kill_and_restart(Arc::new(NoFaults)).await;
    assert!(matches!(plugin(&host, "crasher").state, PluginState::Parked(_)));
    host.conductor.resume_version("crasher", "anna").await.unwrap();
    assert_eq!(plugin(&host, "crasher").state, PluginState::Loaded);
    host.pass(310).await;
    assert!(told(&host).is_none());
    assert!(host.conductor.resume_version("crasher", "anna").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_version_before_takes_the_place_of_one_that_breaks() {
    let host = host("crasher", CRASHER, &["lifecycle"]).await;
    let before = plugin(&host, "crasher").digest;
    host.conductor
        .install(another(CRASHER), None, false, "anna")
        .await
        .unwrap();
    crash(&host).await;
    let now = plugin(&host, "crasher");
    assert_eq!((now.state, now.digest), (PluginState::Loaded, before));
    assert_eq!(now.versions[0].state, VersionState::Parked);
    host.pass(310).await;
    let keys = host.open_keys();
    assert!(keys.contains(&"plugin-parked/crasher".to_owned()), "{keys:?}");
}
