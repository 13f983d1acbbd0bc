//! Restarts from plan to last wait.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_plan::{Fault, Impact, Outcome};
use ringkeeper_sandbox::Criterion;
use serde_json::json;

use crate::nodes::Nodes;
use crate::support::{cluster, execute, look, plan_on, plugin};

#[tokio::test]
async fn every_node_is_planned_rack_by_rack() {
    let snapshot = look(&cluster()).await;
    let report = plan_on(&plugin().await, snapshot.clone(), json!({ "at_once": 2 })).await;
    let plan = report.result.unwrap().unwrap();
    assert_eq!(
        plan.title,
        "restart 6 nodes in 3 racks, up to 2 of a rack at once"
    );
    assert!(plan.goals.is_empty());
    let planned: BTreeSet<_> = plan.steps.iter().flat_map(|step| &step.nodes).copied().collect();
    assert_eq!(planned, snapshot.nodes.keys().copied().collect());
    for (number, step) in plan.steps.iter().enumerate() {
        assert_eq!(step.impact, Impact::Disrupt);
        assert_eq!(step.functions, ["lifecycle.stop", "lifecycle.start"]);
        let rack = &snapshot.nodes[&step.nodes[0]].rack;
        assert_eq!(*rack, format!("r{}", number / 2 + 1));
        assert_eq!(step.after.len(), if number < 2 { 0 } else { 2 });
    }
}

#[tokio::test]
async fn a_step_stops_starts_and_waits_and_an_old_look_changes_nothing() {
    let snapshot = look(&cluster()).await;
    let plugin = plugin().await;
    let plan = plan_on(&plugin, snapshot.clone(), json!({})).await;
    let plan = plan.result.unwrap().unwrap();
    let (nodes, step) = (Arc::new(Nodes::default()), &plan.steps[0]);
    for job in ["job-0", "job-1"] {
        let outcome = execute(&plugin, snapshot.clone(), &nodes, step).await;
        assert_eq!(outcome, Ok(Outcome::WaitFor(vec![job.to_owned()])));
        nodes.carry_out();
    }
    let outcome = execute(&plugin, snapshot.clone(), &nodes, step).await;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");

    let node = step.nodes[0];
    assert_eq!(nodes.calls(), [format!("stop {node}"), format!("start {node}")]);
    let [wait] = nodes.waits().try_into().unwrap();
    assert_eq!((wait.node, wait.criteria.len()), (node, 5));
    assert!(wait.criteria.contains(&Criterion::Hints));
    assert_eq!(
        (wait.steady, wait.limit),
        (Duration::from_secs(15), Duration::from_secs(300))
    );
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_stop_puts_the_step_off_in_the_same_words() {
    let snapshot = look(&cluster()).await;
    let plugin = plugin().await;
    let plan = plan_on(&plugin, snapshot.clone(), json!({})).await;
    let plan = plan.result.unwrap().unwrap();
    let blocks = "keyspace shop: replicas left 1 (limit 2)";
    let nodes = Arc::new(Nodes::blocked_by(blocks));
    execute(&plugin, snapshot.clone(), &nodes, &plan.steps[0])
        .await
        .unwrap();
    nodes.carry_out();
    let outcome = execute(&plugin, snapshot, &nodes, &plan.steps[0]).await;
    let put_off = Outcome::Postpone {
        reasons: vec![blocks.to_owned()],
        retry_after_seconds: 30,
    };
    assert_eq!(outcome, Ok(put_off));
    assert_eq!(nodes.calls().len(), 1);
}

#[tokio::test]
async fn a_node_that_is_not_as_wanted_in_time_fails_its_step() {
    let snapshot = look(&cluster()).await;
    let plugin = plugin().await;
    let plan = plan_on(&plugin, snapshot.clone(), json!({})).await;
    let plan = plan.result.unwrap().unwrap();
    let nodes = Arc::new(Nodes::missing("after 300 s: it takes no CQL clients"));
    for _ in 0..2 {
        execute(&plugin, snapshot.clone(), &nodes, &plan.steps[0])
            .await
            .unwrap();
        nodes.carry_out();
    }
    let failure = execute(&plugin, snapshot, &nodes, &plan.steps[0])
        .await
        .unwrap_err();
    assert!(
        failure.message.ends_with("it takes no CQL clients"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_dead_node_is_told_in_the_plan_and_only_started() {
    let cluster = cluster();
    cluster.kill(cluster.nodes()[1]);
    let snapshot = look(&cluster).await;
    let plugin = plugin().await;
    let parameters = json!({ "racks": ["dc1/r1"] });
    let plan = plan_on(&plugin, snapshot.clone(), parameters).await;
    let plan = plan.result.unwrap().unwrap();
    let step = plan
        .steps
        .iter()
        .find(|step| step.title.starts_with("start"))
        .unwrap();
    assert!(
        plan.findings
            .iter()
            .any(|finding| finding.title.ends_with("is down; its step starts it.")),
        "{:?}",
        plan.findings
    );
    let nodes = Arc::new(Nodes::default());
    execute(&plugin, snapshot, &nodes, step).await.unwrap();
    assert_eq!(nodes.calls(), [format!("start {}", step.nodes[0])]);
}

#[tokio::test]
async fn an_unknown_node_is_refused_with_the_nearest_one() {
    let snapshot = look(&cluster()).await;
    let report = plan_on(&plugin().await, snapshot, json!({ "nodes": ["10.0.0.22:7000"] })).await;
    let refusal = report.result.unwrap().unwrap_err();
    assert_eq!(refusal.kind, Fault::InvalidParameters);
    assert!(
        refusal.message.contains("Did you mean `10.0.0.2:7000`?"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn a_moment_is_taken_as_text_and_as_seconds_and_nothing_else() {
    let snapshot = look(&cluster()).await;
    let plugin = plugin().await;
    for moment in [json!("1970-01-01T00:00:00Z"), json!(0)] {
        let parameters = json!({ "if_started_before": moment });
        let plan = plan_on(&plugin, snapshot.clone(), parameters)
            .await
            .result
            .unwrap();
        assert_eq!(plan.unwrap().steps.len(), 0);
    }
    let report = plan_on(&plugin, snapshot, json!({ "if_started_before": [] })).await;
    assert!(
        report
            .result
            .unwrap_err()
            .to_string()
            .contains("if_started_before")
    );
}
