//! Small clusters in trouble.

use ringkeeper_plan::{Fault, Severity};
use serde_json::json;

use crate::support::{check, cluster, look, nth, plan, say, told};

#[tokio::test]
async fn a_healthy_cluster_has_no_findings() {
    let plan = plan(&cluster(2)).await;
    assert_eq!(told(&plan), []);
    assert_eq!(plan.title, "6 nodes, nothing wrong");
    assert_eq!(plan.steps, []);
}

#[tokio::test]
async fn a_dead_node_is_one_finding_with_its_consequences() {
    let cluster = cluster(2);
    cluster.kill(nth(&cluster, 4));
    let plan = plan(&cluster).await;
    let title = "Node 10.0.0.6 is down; one more node down may make shop and system_auth unavailable at LOCAL_QUORUM.";
    assert_eq!(told(&plan), [(Severity::Warning, title)]);
    let evidence = &plan.findings[0].evidence;
    assert_eq!(evidence[0].name, "shop and system_auth at LOCAL_QUORUM in dc1");
    // Tokens are dealt in turn, and of the two nodes of its rack five of six walks around the ring meet it first.
    assert_eq!(
        evidence[0].value,
        "80 of 96 token ranges (83 %) with 2 of 3 replicas up"
    );
}

#[tokio::test]
async fn two_dead_nodes_in_two_racks_break_the_quorum() {
    let cluster = cluster(2);
    cluster.kill(nth(&cluster, 2));
    cluster.kill(nth(&cluster, 4));
    let plan = plan(&cluster).await;
    let (severity, title) = told(&plan)[0];
    assert_eq!(severity, Severity::Severe);
    assert_eq!(
        title,
        "shop and system_auth cannot be read or written at LOCAL_QUORUM in some ranges, as 10.0.0.4 and 10.0.0.6 are down."
    );
    assert_eq!(plan.findings.len(), 3);
}

#[tokio::test]
async fn a_dead_rack_is_one_finding() {
    let cluster = cluster(2);
    cluster.kill(nth(&cluster, 2));
    cluster.kill(nth(&cluster, 3));
    let plan = plan(&cluster).await;
    let title = "All 2 nodes of rack r2 in dc1 are down; one more node down may make shop and system_auth unavailable at \
                 LOCAL_QUORUM.";
    assert_eq!(told(&plan), [(Severity::Warning, title)]);
}

#[tokio::test]
async fn a_cut_between_two_nodes_is_told_with_both_ends() {
    let cluster = cluster(1);
    cluster.set_cut(nth(&cluster, 0), nth(&cluster, 1), true);
    assert_eq!(
        told(&plan(&cluster).await),
        [(Severity::Warning, "10.0.0.3 cannot be reached by 10.0.0.2.")]
    );
}

#[tokio::test]
async fn numbers_of_the_nodes_reach_the_rules() {
    let cluster = cluster(1);
    say(&cluster, nth(&cluster, 1), "heap.max_bytes", 100.0);
    say(&cluster, nth(&cluster, 1), "heap.after_gc_bytes", 95.0);
    let title = "10.0.0.3 cannot free more than 5 % of its Java heap.";
    assert_eq!(told(&plan(&cluster).await), [(Severity::Severe, title)]);
}

#[tokio::test]
async fn a_keyspace_that_does_not_exist_is_refused() {
    let report = check(
        Some(look(&cluster(1)).await),
        json!({ "keyspaces": ["shop", "shoes"] }),
    )
    .await;
    let refusal = report.result.unwrap().unwrap_err();
    assert_eq!(
        (refusal.kind, refusal.message.as_str()),
        (Fault::InvalidParameters, "There is no keyspace `shoes`.")
    );
}

#[tokio::test]
async fn before_the_first_look_the_host_says_why_there_is_no_plan() {
    let refusal = check(None, json!({})).await.result.unwrap().unwrap_err();
    assert_eq!(refusal.kind, Fault::Precondition);
    assert!(refusal.message.contains("has not looked"), "{refusal:?}");
}

#[tokio::test]
async fn a_cluster_that_never_answered_is_not_called_well() {
    let cluster = cluster(1);
    for node in cluster.nodes() {
        cluster.kill(node);
    }
    let title = "The host has not reached any node yet, so it cannot tell whether the cluster is up.";
    assert_eq!(told(&plan(&cluster).await), [(Severity::Severe, title)]);
}
