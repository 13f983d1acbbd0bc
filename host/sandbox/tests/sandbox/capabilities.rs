//! What a guest sees and changes through its capabilities.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ringkeeper_cluster::Snapshot;
use ringkeeper_plan::{Attempt, Outcome};
use ringkeeper_sandbox::{CallContext, MemoryState, PluginState, Progress, Reading};
use ringkeeper_seams::Timestamp;
use serde_json::json;

use crate::support::{context, hostile, misbehave, request, roomy, snapshot, title};

/// Has `hostile` behave so in a step, and answers its summary.
async fn in_a_step(call: CallContext, behaviour: &str) -> String {
    let plugin = hostile(roomy()).await;
    let request = request(
        "hostile.misbehave",
        json!({ "behaviour": behaviour, "in_a_step": true }),
    );
    let plan = plugin.plan(call.clone(), &request).await.result.unwrap().unwrap();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    match plugin
        .execute(call, &plan.steps[0], attempt)
        .await
        .result
        .unwrap()
        .unwrap()
    {
        Outcome::Done(summary) => summary,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_guest_sees_the_last_look_at_the_cluster() {
    let call = CallContext::new("run-1", Some(snapshot().await), Arc::new(MemoryState::default()));
    let request = request("hostile.misbehave", json!({ "behaviour": "look" }));
    let report = hostile(roomy()).await.plan(call, &request).await;
    insta::assert_snapshot!(title(&report), @"described 1, nodes 6, states 6, keyspaces 6, tables 2, placements 6, versions 1, disagreements 0, heap 6, unknown metric Error::NotFound, unknown node Error::NotFound, no node Error::Invalid, clock true");
}

#[tokio::test]
async fn a_guest_sees_that_the_nodes_disagree_on_the_schema() {
    let disagreeing = Snapshot {
        authenticator: None,
        schema_disagrees_since: Some(Timestamp::default()),
        ..(*snapshot().await).clone()
    };
    let call = CallContext::new(
        "run-1",
        Some(Arc::new(disagreeing)),
        Arc::new(MemoryState::default()),
    );
    let request = request("hostile.misbehave", json!({ "behaviour": "look" }));
    let report = hostile(roomy()).await.plan(call, &request).await;
    assert!(title(&report).contains("disagreements 1,"), "{}", title(&report));
}

#[tokio::test]
async fn before_the_first_look_everything_about_the_cluster_is_unavailable() {
    let report = misbehave("look", roomy()).await;
    insta::assert_snapshot!(title(&report), @"described Error::Unavailable, nodes Error::Unavailable, states Error::Unavailable, keyspaces Error::Unavailable, tables Error::Unavailable, placements Error::Unavailable, versions Error::Unavailable, disagreements Error::Unavailable, heap Error::Unavailable, unknown metric Error::Unavailable, unknown node Error::Unavailable, no node Error::Unavailable, clock true");
}

#[tokio::test]
async fn a_plan_changes_nothing() {
    let state = Arc::new(MemoryState::default());
    let call = CallContext::new("run-1", None, state.clone());
    let plugin = hostile(roomy()).await;
    for (behaviour, answer) in [
        ("write-state", "AccessDenied"),
        ("telemetry", "good Err(Error::AccessDenied"),
    ] {
        let request = request("hostile.misbehave", json!({ "behaviour": behaviour }));
        let report = plugin.plan(call.clone(), &request).await;
        assert!(title(&report).contains(answer), "{}", title(&report));
    }
    assert_eq!(state.keys(None, 10).await.unwrap(), [""; 0]);
    assert!(call.telemetry.readings().is_empty());
}

#[tokio::test]
async fn of_two_writers_one_gets_a_conflict() {
    insta::assert_snapshot!(in_a_step(context(), "compare-and-swap").await, @"versions 1 and 2, late writer true, kept Some(3), then []");
}

#[tokio::test]
async fn a_step_may_count() {
    let call = context();
    insta::assert_snapshot!(in_a_step(call.clone(), "telemetry").await, @r#"good Ok(()), bad Err(Error::Invalid("`Not a name\n` is not a name: 1 to 60 lower-case letters, digits and `_`, a letter first"))"#);
    assert_eq!(
        call.telemetry.readings(),
        [("nodes_seen".to_owned(), Reading::Counter(3.0))].into()
    );
}

#[tokio::test]
async fn random_numbers_are_the_same_at_every_attempt_and_differ_from_run_to_run() {
    let of_run = |run: &str| {
        in_a_step(
            CallContext::new(run, None, Arc::new(MemoryState::default())),
            "draw",
        )
    };
    let (first, again, other) = (
        of_run("run-1").await,
        of_run("run-1").await,
        of_run("run-2").await,
    );
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[tokio::test]
async fn progress_is_passed_on_and_cancelling_is_seen() {
    let call = CallContext {
        cancelled: Arc::new(AtomicBool::new(true)),
        ..context()
    };
    assert_eq!(in_a_step(call.clone(), "progress").await, "cancelled: true");
    let told = call.progress.borrow().clone();
    assert_eq!(
        told,
        Progress {
            fraction: 1.0,
            message: "beyond the end".to_owned()
        }
    );
}

#[tokio::test]
async fn a_request_that_does_not_fit_is_not_passed_on() {
    let plugin = hostile(roomy()).await;
    let error = |operation: &str, parameters| {
        let (plugin, request) = (plugin.clone(), request(operation, parameters));
        async move {
            plugin
                .plan(context(), &request)
                .await
                .result
                .unwrap_err()
                .to_string()
        }
    };
    insta::assert_snapshot!(error("hostile.sleep", json!({})).await, @"the request was not passed on: plugin `hostile` has no operation `hostile.sleep`; it has hostile.misbehave");
    insta::assert_snapshot!(error("hostile.misbehave", json!({ "behavior": "spin" })).await, @r#"the request was not passed on: parameters: `behavior` is not known (did you mean `behaviour`?); there are: behaviour, in_a_step; "behaviour" is a required property"#);
}
