//! What a guest is answered that takes nodes away, brings them back and waits for them.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_bundled::fixtures::WORKER;
use ringkeeper_plan::{Impact, Outcome};
use ringkeeper_sandbox::{Capability, Grants, Limits};
use serde_json::json;

use crate::support::{request, roomy, sandbox, title};
use crate::work::{GRANTS, Obedient, at, in_a_step, summary, worker};

#[tokio::test]
async fn a_plan_takes_no_node_away_and_waits_for_nothing() {
    let work = Arc::new(Obedient::default());
    for (deed, snapshot) in [("lifecycle", "lifecycle"), ("wait-until", "wait")] {
        let request = request("worker.work", json!({ "deed": deed }));
        let report = worker(roomy()).await.plan(at(&work), &request).await;
        insta::assert_snapshot!(format!("a_plan_is_denied_{snapshot}"), title(&report));
    }
    assert!(work.lifecycle.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_plugin_that_describes_itself_takes_no_node_away() {
    let plugin = worker(roomy()).await;
    let said = &plugin.operation("worker.boast").unwrap().summary;
    insta::assert_snapshot!(said);
}

#[tokio::test]
async fn a_step_is_told_what_the_host_says_to_each_call() {
    let work = Arc::new(Obedient::default());
    insta::assert_snapshot!(summary(&work, json!("lifecycle")).await);
    insta::assert_snapshot!("a_step_calls_the_host", work.lifecycle.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn a_step_waits_for_a_node_to_be_stopped_as_for_any_job() {
    let outcome = in_a_step(&Arc::default(), json!("stop"), roomy()).await;
    assert_eq!(
        outcome.result.unwrap().unwrap(),
        Outcome::WaitFor(vec!["stop-1".to_owned()])
    );
}

#[tokio::test]
async fn a_wait_is_handed_over_whole_and_says_what_is_missing() {
    let work = Arc::new(Obedient::default());
    insta::assert_snapshot!(summary(&work, json!("wait-until")).await);
    insta::assert_snapshot!("a_wait_is_handed_over", work.lifecycle.lock().unwrap().join("\n"));
}

#[tokio::test]
async fn what_makes_no_sense_reaches_nobody() {
    let work = Arc::new(Obedient::default());
    insta::assert_snapshot!("bad_nodes", summary(&work, json!("bad-nodes")).await);
    insta::assert_snapshot!("bad_waits", summary(&work, json!("bad-waits")).await);
    assert!(work.lifecycle.lock().unwrap().is_empty());
}

#[tokio::test]
async fn waiting_is_no_computing_and_ends_with_the_wall_time_of_the_call() {
    let work = Arc::new(Obedient {
        waits_for_ever: true,
        ..Obedient::default()
    });
    let limits = Limits {
        execute_wall: Duration::from_millis(300),
        ..roomy()
    };
    let report = in_a_step(&work, json!("wait-until"), limits).await;
    insta::assert_snapshot!(report.result.unwrap_err());
    assert!(
        report.usage.wall >= Duration::from_millis(300),
        "{:?}",
        report.usage
    );
    assert!(
        report.usage.cpu <= Duration::from_millis(100),
        "{:?}",
        report.usage
    );
    assert_eq!(work.lifecycle.lock().unwrap().len(), 1, "it did wait");
}

#[tokio::test]
async fn who_may_not_take_nodes_away_is_not_loaded() {
    assert_eq!(Capability::find("lifecycle").unwrap().impact, Impact::Disrupt);
    let others = GRANTS.into_iter().filter(|name| *name != "lifecycle");
    let grants = Grants::parse(others).unwrap();
    let error = sandbox()
        .load("fixture", WORKER, &grants, roomy())
        .await
        .unwrap_err();
    insta::assert_snapshot!(error);
}
