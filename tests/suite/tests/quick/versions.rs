//! Versions of a plugin: installed, approved, rolled back, parked.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{InstallState, PluginState, PluginSummary, RunRequest, VersionState};
use ringkeeper_bundled::fixtures::{ASKER, CRASHER, IDLE};
use ringkeeper_conductor::NoFaults;
use ringkeeper_guard::Scope;
use ringkeeper_plan::Severity;
use ringkeeper_sandbox::Limits;
use ringkeeper_signing::{NewKey, Trust, TrustedKey, new_key, sign};
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

/// A version is taken over by the keys that are trusted at that moment, and by no other.
#[tokio::test(start_paused = true)]
async fn what_no_trusted_key_signed_is_not_installed() {
    let mut host = host("idle", IDLE, &[]).await;
    let (key, stranger) = (new_key().unwrap(), new_key().unwrap());
    let ends = host.now().after(Duration::from_secs(3_600));
    host.trust = Trust {
        keys: vec![TrustedKey {
            name: "release".to_owned(),
            key: key.public.clone(),
            until: Some(ends),
        }],
        allow_unsigned: false,
    };
    host.kill_and_restart(Arc::new(NoFaults)).await;
    let install = async |host: &SimHost, component: Vec<u8>, by: Option<&NewKey>| {
        let signature = by.map(|key| sign(&component, &key.secret, "idle.wasm").unwrap());
        let installed = host.conductor.install(component, signature, true, "anna").await;
        installed.map_err(|error| error.to_string())
    };
    let (first, second) = (another(IDLE), another(&another(IDLE)));
    let refused = install(&host, first.clone(), Some(&stranger)).await.unwrap_err();
    assert!(
        refused.contains("it is not trusted: it was signed with key") && refused.contains("which is none of"),
        "{refused}"
    );
    let refused = install(&host, first.clone(), None).await.unwrap_err();
    assert!(refused.contains("nobody signed it"), "{refused}");
    assert!(plugin(&host, "idle").versions.is_empty());
    let installed = install(&host, first, Some(&key)).await.unwrap();
    assert!(installed.signer.unwrap().starts_with("release ("));
    // An hour later the key is trusted no more, and nothing else is either.
    host.pass(3_600).await;
    let refused = install(&host, second, Some(&key)).await.unwrap_err();
    assert!(refused.contains("whose key was trusted until"), "{refused}");
    assert_eq!(plugin(&host, "idle").digest, Some(installed.digest));
    assert_eq!(plugin(&host, "idle").versions.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_five_versions_are_kept_and_no_older_one() {
    let host = host("idle", IDLE, &[]).await;
    let mut component = IDLE.to_vec();
    for _ in 0..7 {
        component = another(&component);
        let installed = host
            .conductor
            .install(component.clone(), None, false, "anna")
            .await;
        assert_eq!(installed.unwrap().state, InstallState::InForce);
    }
    for _ in 0..4 {
        host.conductor.roll_back("idle", "anna").await.unwrap();
    }
    let gone = host.conductor.roll_back("idle", "anna").await.unwrap_err();
    assert!(
        gone.to_string().contains("is not kept any more: the last 5 are"),
        "{gone}"
    );
    // Nothing changed by that, and what is kept nowhere can be handed over again.
    let third = plugin(&host, "idle").digest.unwrap();
    let mut first = another(IDLE);
    let installed = host
        .conductor
        .install(first.clone(), None, false, "anna")
        .await
        .unwrap();
    host.conductor.roll_back("idle", "anna").await.unwrap();
    assert_eq!(plugin(&host, "idle").digest.unwrap(), third);
    assert_ne!(installed.digest, third);
    first = another(&another(&first));
    let again = host
        .conductor
        .install(first, None, false, "anna")
        .await
        .unwrap_err();
    assert!(again.to_string().contains("in force already"), "{again}");
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
