//! What a guest is told of Cassandra's tools, and what of its calls reaches the host.

use std::sync::Arc;

use ringkeeper_bundled::TOOLS;
use ringkeeper_plan::{Attempt, Impact, Outcome, Plan, Refusal};
use ringkeeper_sandbox::{CallContext, Capability, Grants, Plugin};
use ringkeeper_seams::Timestamp;
use serde_json::{Value, json};

use crate::support::{request, roomy, sandbox, snapshot};
use crate::work::{Obedient, at};

const NEEDED: [&str; 4] = ["cluster", "lifecycle", "tool-catalogue", "tools"];

async fn plugin() -> Plugin {
    let grants = Grants::parse(NEEDED).unwrap();
    sandbox()
        .load("builtin:tools", TOOLS, &grants, roomy())
        .await
        .unwrap()
}

async fn seen(work: &Arc<Obedient>) -> CallContext {
    CallContext {
        snapshot: Some(snapshot().await),
        ..at(work)
    }
}

async fn plan(work: &Arc<Obedient>, parameters: Value) -> Result<Plan, Refusal> {
    let request = request("tools.run", parameters);
    plugin()
        .await
        .plan(seen(work).await, &request)
        .await
        .result
        .unwrap()
}

#[tokio::test]
async fn a_plan_is_told_what_a_call_would_be_and_runs_nothing() {
    let work = Arc::new(Obedient::default());
    let asked = json!({ "tool": "sstablescrub", "node": "10.0.0.2", "really": true,
        "arguments": { "keyspace": "shop", "table": "orders" } });
    let plan = plan(&work, asked).await.unwrap();
    assert_eq!(
        plan.title,
        "sstablescrub keyspace=shop table=orders on 10.0.0.2:7000, stopped for it"
    );
    assert_eq!(plan.steps[0].impact, Impact::Disrupt);
    assert_eq!(
        plan.findings[0].title,
        "Rows that cannot be read are left out. A snapshot is taken before."
    );
    assert!(work.lifecycle.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_step_hands_over_words_and_how_they_are_meant() {
    let work = Arc::new(Obedient::default());
    let asked = json!({ "tool": "flush", "node": "10.0.0.2", "arguments": { "keyspace": "shop", "tables": ["a", "b"] } });
    let plan = plan(&work, asked).await.unwrap();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    let outcome = plugin()
        .await
        .execute(seen(&work).await, &plan.steps[0], attempt)
        .await;
    // The obedient cluster says of every job that it failed.
    assert!(!matches!(outcome.result.unwrap(), Ok(Outcome::Done(_))));
    insta::assert_snapshot!(work.lifecycle.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn what_the_catalogue_has_against_a_call_is_told() {
    let work = Arc::new(Obedient::default());
    for (tool, arguments, words) in [
        (
            "stauts",
            json!({}),
            "there is no tool \"stauts\"; did you mean status?",
        ),
        (
            "flush",
            json!({ "keyspace": "a b" }),
            "keyspace cannot be \"a b\"",
        ),
        ("repair", json!({}), "the operation repair.full does it"),
        ("decommission", json!({}), "decommission is not run here"),
    ] {
        let asked = json!({ "tool": tool, "node": "10.0.0.2", "arguments": arguments });
        let refusal = plan(&work, asked).await.unwrap_err();
        assert!(refusal.message.contains(words), "{}", refusal.message);
    }
}

#[tokio::test]
async fn who_may_not_run_tools_is_not_loaded() {
    assert_eq!(Capability::find("tools").unwrap().impact, Impact::Disrupt);
    let grants = Grants::parse(NEEDED.into_iter().filter(|name| *name != "tools")).unwrap();
    let error = sandbox()
        .load("builtin:tools", TOOLS, &grants, roomy())
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`tools`"), "{error}");
}
