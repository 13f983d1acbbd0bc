use std::time::Duration;

use ringkeeper_api::PlanRequest;
use ringkeeper_guard::Consent;

use super::support::{ALICE, ask, host_that_asks, host_with, refused, request, restart, stops, until};

#[tokio::test(start_paused = true)]
async fn nothing_begins_before_a_person_said_so_and_then_it_does() {
    let host = host_that_asks().await;
    let (run, hash) = ask(&host).await;
    host.pass(3_600).await;
    assert_eq!(stops(&host), 0);
    let key = format!("awaits-approval/{run}");
    assert!(host.open_keys().contains(&key), "{:?}", host.open_keys());
    let waits = host.conductor.run(&run).unwrap();
    assert_eq!(
        waits.run.approval.as_ref().unwrap().reason,
        "policy.approval.disrupt asks for a person's word: 3 steps disrupt"
    );
    assert_eq!(waits.run.blocked_by.len(), 1);
    assert!(
        waits.run.blocked_by[0].starts_with("a person's word, until 2026-03-02T12:0"),
        "{:?}",
        waits.run.blocked_by
    );
    let told = host.conductor.approve_run(&run, &hash, ALICE).await.unwrap();
    assert_eq!(told.state, "Running");
    until(&host, &run, 3_600, "Succeeded").await;
    assert_eq!(stops(&host), 3);
    host.pass(600).await;
    assert!(!host.open_keys().contains(&key), "{:?}", host.open_keys());
}

#[tokio::test(start_paused = true)]
async fn what_is_to_be_approved_is_shown_with_what_the_guard_says_now() {
    let host = host_that_asks().await;
    let (run, hash) = ask(&host).await;
    let frozen = ringkeeper_api::FreezeRequest {
        cluster: None,
        frozen: true,
        reason: "the sale".to_owned(),
    };
    host.conductor.set_freeze(&frozen, "anna").await.unwrap();
    let shown = host.conductor.plan_of_run(&run).await.unwrap();
    assert_eq!((shown.run.as_ref(), &shown.hash), (Some(&run), &hash));
    assert_eq!(shown.plan.steps.len(), 3);
    let functions: Vec<&str> = shown.stakes.iter().map(|stake| stake.function.as_str()).collect();
    assert!(functions.contains(&"lifecycle.stop"), "{functions:?}");
    assert!(
        shown
            .stakes
            .iter()
            .all(|stake| !stake.risk.is_empty() && !stake.undo.is_empty())
    );
    assert!(!shown.blocked.is_empty(), "the freeze stands in the way");
    let left: Vec<_> = shown
        .exposed
        .iter()
        .map(|row| (row.keyspace.as_str(), row.left, row.replicas))
        .collect();
    assert_eq!(left[..2], [("orders", 2, 3), ("system_auth", 2, 3)]);
    assert_eq!(left.len(), 6, "two keyspaces, three steps");
}

#[tokio::test(start_paused = true)]
async fn what_is_rejected_ends_refused_and_what_is_not_answered_too() {
    let host = host_that_asks().await;
    let (run, hash) = ask(&host).await;
    host.conductor
        .reject_run(&run, "not before the sale", ALICE)
        .await
        .unwrap();
    let detail = until(&host, &run, 60, "Refused").await;
    assert_eq!(
        detail.run.summary,
        format!("{ALICE} rejected it: not before the sale; 0 of 3 steps were done")
    );
    assert_eq!(
        refused(&host, &run, &hash).await,
        format!(
            "plan {hash} of run {run} cannot be approved any more: {}",
            detail.run.summary
        )
    );
    let (vain, hash) = ask(&host).await;
    host.pass(24 * 3_600 - 60).await;
    until(&host, &vain, 1, "AwaitingApproval").await;
    host.pass(120).await;
    let detail = until(&host, &vain, 60, "Refused").await;
    assert_eq!(
        detail.run.summary,
        "nobody approved it in time; 0 of 3 steps were done"
    );
    host.pass(600).await;
    let key = "not-approved/patching.restart".to_owned();
    assert!(host.open_keys().contains(&key), "{:?}", host.open_keys());
    let late = refused(&host, &vain, &hash).await;
    assert!(
        late.contains("cannot be approved any more: nobody approved it in time"),
        "{late}"
    );
    assert_eq!(stops(&host), 0);
}

#[tokio::test(start_paused = true)]
async fn every_wrong_hash_gets_one_clear_answer() {
    let host = host_that_asks().await;
    let (run, hash) = ask(&host).await;
    let wrong = "0".repeat(64);
    assert_eq!(
        refused(&host, &run, &wrong).await,
        format!("{wrong} is not the hash of what run {run} waits with")
    );
    let other = host.conductor.open_run(&request(&["rack2"])).await.unwrap();
    assert_eq!(
        refused(&host, &other.id, &hash).await,
        format!(
            "{hash} is the hash of run {run}, not of what run {} waits with",
            other.id
        )
    );
    let shown = request(&["rack3"]);
    let shown = PlanRequest {
        operation: shown.operation,
        cluster: None,
        parameters: shown.parameters,
    };
    let shown = host.conductor.dry_run(&shown).await.unwrap().hash;
    assert_eq!(
        refused(&host, &run, &shown).await,
        format!(
            "{shown} is the hash of a plan of patching.restart that was only shown, not of what run {run} waits with"
        )
    );
    host.conductor.approve_run(&run, &hash, ALICE).await.unwrap();
    let used = refused(&host, &run, &hash).await;
    assert!(used.ends_with("and is used up"), "{used}");
    assert_eq!(
        refused(&host, &run, &wrong).await,
        format!("run {run} waits for nobody's word: it is Running")
    );
    assert_eq!(
        refused(&host, "shop-0", &wrong).await,
        "no run is called `shop-0`"
    );
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_another_world_is_made_anew_and_the_difference_is_said() {
    let host = host_that_asks().await;
    let (run, hash) = ask(&host).await;
    let node = host.node(1);
    host.cluster
        .edit(node, |node| node.release_version = "5.0.9".to_owned());
    host.pass(120).await;
    let detail = host.conductor.run(&run).unwrap();
    assert_eq!(detail.run.state, "AwaitingApproval");
    let now = detail.run.approval.unwrap().hash;
    assert_ne!(now, hash);
    let events = host.conductor.events(None, Some(&run), 0, 100).await.unwrap();
    let anew = events
        .iter()
        .find(|row| row.text.starts_with("planned anew"))
        .unwrap();
    assert!(anew.text.ends_with("ran 5.0.5 and runs 5.0.9"), "{}", anew.text);
    assert_eq!(
        refused(&host, &run, &hash).await,
        format!("plan {hash} of run {run} is outdated: another one took its place")
    );
    host.conductor.approve_run(&run, &now, ALICE).await.unwrap();
    until(&host, &run, 3_600, "Succeeded").await;
}

#[tokio::test(start_paused = true)]
async fn what_was_approved_and_did_not_begin_is_asked_for_again_where_it_would_do_more() {
    let host = host_that_asks().await;
    let freeze = |frozen| ringkeeper_api::FreezeRequest {
        cluster: None,
        frozen,
        reason: "wait".to_owned(),
    };
    host.conductor.set_freeze(&freeze(true), "anna").await.unwrap();
    let (run, hash) = ask(&host).await;
    host.conductor.approve_run(&run, &hash, ALICE).await.unwrap();
    host.pass(60).await;
    host.cluster
        .edit(host.node(1), |node| node.release_version = "5.0.9".to_owned());
    host.pass(60).await;
    // As much as before, on the same nodes: that was approved.
    let anew = host.conductor.run(&run).unwrap();
    assert_eq!(anew.run.state, "Running", "{anew:#?}");
    assert_ne!(anew.plan_hash, hash);
    host.conductor.set_freeze(&freeze(false), "anna").await.unwrap();
    until(&host, &run, 3_600, "Succeeded").await;
    assert_eq!(stops(&host), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_denied_is_not_opened() {
    let host = host_with(Consent::Deny).await;
    let denied = host.conductor.open_run(&request(&[])).await.unwrap_err();
    assert_eq!(
        denied.to_string(),
        "policy.approval.disrupt denies steps of patching.restart that disrupt"
    );
    assert!(host.conductor.runs(None).unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_goes_on_is_asked_about_when_the_policy_comes_to_ask() {
    let mut host = host_with(Consent::Auto).await;
    let run = host.conductor.open_run(&request(&[])).await.unwrap().id;
    while stops(&host) == 0 {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    host.policy.approval.disrupt = Consent::Ask;
    restart(&mut host).await;
    let waits = until(&host, &run, 60, "AwaitingApproval").await;
    // The node that was on its way comes back whatever anybody says.
    host.pass(900).await;
    assert_eq!(stops(&host), 1);
    assert!(
        host.cluster
            .nodes()
            .into_iter()
            .all(|node| host.cluster.node(node).unwrap().mode == "NORMAL")
    );
    let hash = waits.run.approval.unwrap().hash;
    host.conductor.approve_run(&run, &hash, ALICE).await.unwrap();
    until(&host, &run, 3_600, "Succeeded").await;
    assert_eq!(stops(&host), 3);
}
