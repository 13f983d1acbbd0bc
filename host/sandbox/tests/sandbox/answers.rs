//! A guest that answers what it may not is caught, and the field is named.

use ringkeeper_bundled::fixtures::LIAR;
use ringkeeper_plan::{Attempt, Plan, Refusal};
use ringkeeper_sandbox::{CallReport, Grants, Plugin};
use ringkeeper_seams::Timestamp;
use serde_json::json;

use crate::support::{context, request, roomy, sandbox};

async fn liar() -> Plugin {
    let grants = Grants::parse(["state-write"]).unwrap();
    sandbox().load("fixture", LIAR, &grants, roomy()).await.unwrap()
}

async fn plan(lie: &str) -> CallReport<Result<Plan, Refusal>> {
    liar()
        .await
        .plan(context(), &request("liar.lie", json!(lie)))
        .await
}

async fn lie(lie: &str) -> String {
    plan(lie).await.result.unwrap_err().to_string()
}

/// Has it lie in a step.
async fn lie_in_a_step(lie: &str) -> String {
    let planned = plan(lie).await.result.unwrap().unwrap();
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    let report = liar().await.execute(context(), &planned.steps[0], attempt).await;
    report.result.unwrap_err().to_string()
}

#[tokio::test]
async fn keys_have_a_form() {
    insta::assert_snapshot!(lie("bad-key").await, @"invalid answer: `findings[1].key` must begin with lower-case words joined by `-`, as in `node-down/6f1c…`, and is `Bad-Key`");
    insta::assert_snapshot!(lie("same-key-twice").await, @"invalid answer: `findings[2].key` is `same`, the key of findings[0]");
}

#[tokio::test]
async fn nodes_are_host_ids() {
    insta::assert_snapshot!(lie("no-node").await, @"invalid answer: `findings[0].subject` is no host id: `node-1`");
}

#[tokio::test]
async fn texts_cannot_move_a_cursor() {
    insta::assert_snapshot!(lie("terminal-escape").await, @"invalid answer: `findings[0].evidence[0].value` holds the control character U+001B");
}

#[tokio::test]
async fn lists_and_texts_are_bounded() {
    insta::assert_snapshot!(lie("too-many-findings").await, @"invalid answer: `findings` has 10001 entries; 10000 are allowed");
    insta::assert_snapshot!(lie("long-text").await, @"invalid answer: `findings[0].evidence[0].value` has 1048576 bytes; 500 are allowed");
    insta::assert_snapshot!(lie("giant-answer").await, @"handed more than 8 MiB to the host");
}

#[tokio::test]
async fn goals_are_bounded() {
    insta::assert_snapshot!(lie("too-many-goals").await, @"invalid answer: `goals` has 50001 entries; 50000 are allowed");
    insta::assert_snapshot!(lie("goal-without-a-name").await, @"invalid answer: `goals[1].table.table` is empty");
    insta::assert_snapshot!(lie("goal-with-a-long-name").await, @"invalid answer: `goals[0].table.table` has 501 bytes; 500 are allowed");
}

#[tokio::test]
async fn steps_keep_what_the_operation_promises() {
    insta::assert_snapshot!(lie("too-strong").await, @"invalid answer: `steps[0].impact` is disrupt, and the operation promises change at most");
    insta::assert_snapshot!(lie("no-reason").await, @"invalid answer: `steps[0].reason` is empty");
    insta::assert_snapshot!(lie("unknown-function").await, @"invalid answer: `steps[0].functions[0]` is `backup.take`, not `interface.function` of this host");
    insta::assert_snapshot!(lie("reading-function").await, @"invalid answer: `steps[0].functions[0]` is `log.write`, which changes nothing");
    insta::assert_snapshot!(lie("function-of-another-plugin").await, @"invalid answer: `steps[0].functions[0]` is `telemetry.gauge`, of an interface the plugin does not import");
    insta::assert_snapshot!(lie("body").await, @"invalid answer: `steps[0].body` is not JSON: EOF while parsing an object at line 1 column 1");
}

#[tokio::test]
async fn steps_can_be_done_in_some_order() {
    insta::assert_snapshot!(lie("same-id-twice").await, @"invalid answer: `steps[1].id` is `a`, the id of steps[0]");
    insta::assert_snapshot!(lie("after-nothing").await, @"invalid answer: `steps[0].after[0]` is `zeroth`, which is no step of this plan and none already done");
    insta::assert_snapshot!(lie("circle").await, @"invalid answer: `steps` wait for one another in a circle; `a` is one of them");
}

#[tokio::test]
async fn outcomes_are_checked_as_plans_are() {
    insta::assert_snapshot!(lie_in_a_step("no-jobs").await, @"invalid answer: `wait-for` names no job");
    insta::assert_snapshot!(lie_in_a_step("stronger").await, @"invalid answer: `extend.steps[0].impact` is change, and the operation promises observe at most");
    insta::assert_snapshot!(lie_in_a_step("any-other").await, @"invalid answer: `failure.message` is empty");
}
