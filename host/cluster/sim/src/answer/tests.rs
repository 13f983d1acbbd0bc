use std::sync::Arc;

use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_seams::{Clock as _, VirtualClock};

use super::*;

fn three_nodes() -> SimCluster {
    let shop = Replication::Simple(Replicas { all: 2, transient: 0 });
    SimCluster::builder()
        .rack("dc1", "r1", 2)
        .rack("dc1", "r2", 1)
        .keyspace("shop", shop, &["orders"])
        .build()
}

fn endpoint(cluster: &SimCluster, number: usize) -> Endpoint {
    cluster.node(cluster.nodes()[number]).unwrap().endpoint
}

#[tokio::test]
async fn nodes_have_names_that_can_be_told_beforehand() {
    let cluster = three_nodes();
    let topology = cluster.topology(endpoint(&cluster, 0)).await.unwrap();
    let lines: Vec<String> = topology
        .members
        .iter()
        .map(|(id, member)| format!("{id} {}", member.endpoint))
        .collect();
    assert_eq!(lines[0], "00000000-0000-0000-0000-000000000001 10.0.0.2:7000");
    assert_eq!(
        topology
            .members
            .values()
            .map(|member| member.tokens.len())
            .collect::<Vec<_>>(),
        [16, 16, 16]
    );
}

#[tokio::test]
async fn peers_see_a_killed_node_down_and_it_does_not_answer() {
    let cluster = three_nodes();
    cluster.kill(cluster.nodes()[1]);
    let report = cluster.membership(endpoint(&cluster, 0)).await.unwrap();
    assert!(report.unreachable.contains(&endpoint(&cluster, 1)));
    let error = cluster.membership(endpoint(&cluster, 1)).await.unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unreachable);
}

#[tokio::test]
async fn a_cut_line_is_seen_from_one_side() {
    let cluster = three_nodes();
    cluster.set_cut(cluster.nodes()[0], cluster.nodes()[1], true);
    let (first, second) = (endpoint(&cluster, 0), endpoint(&cluster, 1));
    assert!(
        cluster
            .membership(first)
            .await
            .unwrap()
            .unreachable
            .contains(&second)
    );
    assert!(cluster.membership(second).await.unwrap().live.contains(&first));
}

#[tokio::test(start_paused = true)]
async fn slow_answers_cost_virtual_time() {
    let cluster = three_nodes();
    let asked = endpoint(&cluster, 0);
    let answers = |answers: Answers| cluster.edit(cluster.nodes()[0], |node| node.answers = answers.clone());
    let clock = VirtualClock::starting_at(Timestamp::default());

    answers(Answers::After(Duration::from_secs(3)));
    cluster.membership(asked).await.unwrap();
    assert_eq!(clock.monotonic(), Duration::from_secs(3));

    for late in [Answers::After(Duration::from_secs(3600)), Answers::Never] {
        answers(late);
        let error = cluster.membership(asked).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::TimedOut);
        assert!(error.to_string().contains("no answer within 6s"), "{error}");
    }
    assert_eq!(clock.monotonic(), Duration::from_secs(15));
    assert_eq!(cluster.calls("membership", asked), 3);
}

#[tokio::test(start_paused = true)]
async fn who_receives_nothing_is_down_for_its_peers_once_they_are_convinced() {
    let shop = Replication::Simple(Replicas { all: 2, transient: 0 });
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 3)
        .keyspace("shop", shop, &["orders"])
        .clock(Arc::new(VirtualClock::starting_at(Timestamp::default())))
        .build();
    cluster.conviction_takes(Duration::from_secs(10));
    let (first, second) = (endpoint(&cluster, 0), endpoint(&cluster, 1));
    let sees = async || {
        let (one, other) = (
            cluster.membership(first).await.unwrap(),
            cluster.membership(second).await.unwrap(),
        );
        (one.live.contains(&second), other.live.contains(&first))
    };
    cluster.set_partitioned(cluster.nodes()[1], true, false);
    assert_eq!(sees().await, (true, false));
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(sees().await, (false, false));
    cluster.set_partitioned(cluster.nodes()[1], false, false);
    assert_eq!(sees().await, (true, true));
}

#[tokio::test]
async fn placements_are_those_of_the_ring() {
    let cluster = three_nodes();
    let placements = cluster.placements(endpoint(&cluster, 0), "shop").await.unwrap();
    assert_eq!(placements.len(), 48);
    assert!(placements.iter().all(|placement| placement.replicas.len() == 2));
    assert!(cluster.placements(endpoint(&cluster, 0), "system").await.is_err());
}

#[test]
fn a_node_that_takes_up_no_schema_change_has_a_version_that_no_other_has() {
    let cluster = three_nodes();
    for _ in 0..5 {
        let first = cluster.nodes()[0];
        let version = |id| cluster.node(id).unwrap().schema_version;
        cluster.set_schema_frozen(first, true);
        for other in &cluster.nodes()[1..] {
            assert_ne!(version(first), version(*other));
        }
        cluster.set_schema_frozen(first, false);
        assert_eq!(version(first), version(cluster.nodes()[1]));
        cluster.edit_schema(|_| {});
    }
}
