//! Where ranges are, by our arithmetic and by the nodes' word.

use super::*;
use ringkeeper_cluster::{Cluster as _, NodePlacement};
use ringkeeper_sim::Answers;

async fn claimed(cluster: &SimCluster, keyspace: &str) -> Vec<NodePlacement> {
    cluster.placements(endpoint(cluster, 1), keyspace).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn keyspaces_with_equal_placements_share_one_map() {
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 3)
        .keyspace("a", simple(2), &[])
        .keyspace("b", network(&[("dc1", 2)]), &[])
        .keyspace("c", simple(3), &[])
        .build();
    let snapshot = observe(&cluster).sweep().await;
    let [a, b, c] = ["a", "b", "c"].map(|name| snapshot.keyspaces[name].clone());
    assert!(Arc::ptr_eq(
        &a.placements.clone().unwrap(),
        &b.placements.unwrap()
    ));
    assert_eq!(a.placement_map, b.placement_map);
    assert_ne!(a.placement_map, c.placement_map);
    assert_eq!(
        snapshot.keyspaces["system"].placements, None,
        "a local keyspace is on no ring"
    );
}

#[tokio::test(start_paused = true)]
async fn placements_a_node_sees_elsewhere_are_a_warning_until_they_fit() {
    let cluster = five_nodes();
    let mut wrong = claimed(&cluster, "shop").await;
    wrong[0].replicas.pop();
    wrong[3].replicas.pop();
    let first = wrong[0].range;
    cluster.claim_placements("shop", Some(wrong));
    let mut observer = observe(&cluster);
    let snapshot = observer.sweep().await;
    assert_eq!(warned(&snapshot), ["placements/shop"]);
    let message = &snapshot.warnings[0].message;
    let sentence =
        format!("has 2 ranges of keyspace shop on other nodes than computed, the first being {first}");
    assert!(message.contains(&sentence), "{message}");
    cluster.claim_placements("shop", None);
    for _ in 0..4 {
        next_sweep(&mut observer).await;
    }
    assert_eq!(warned(&observer.sweep().await), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn ranges_a_node_does_not_claim_are_counted_too() {
    let cluster = five_nodes();
    let mut fewer = claimed(&cluster, "shop").await;
    fewer.truncate(15);
    cluster.claim_placements("shop", Some(fewer));
    let snapshot = observe(&cluster).sweep().await;
    assert!(
        snapshot.warnings[0].message.contains("has 5 ranges"),
        "{:?}",
        snapshot.warnings
    );
}

#[tokio::test(start_paused = true)]
async fn the_order_of_replicas_is_no_difference() {
    let cluster = five_nodes();
    let mut turned = claimed(&cluster, "shop").await;
    turned
        .iter_mut()
        .for_each(|placement| placement.replicas.reverse());
    cluster.claim_placements("shop", Some(turned));
    assert_eq!(warned(&observe(&cluster).sweep().await), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn placements_are_compared_when_they_change_and_not_again() {
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 3)
        .keyspace("shop", simple(2), &[])
        .build();
    let comparisons = || -> u64 {
        (1..=3)
            .map(|number| cluster.calls("placements", endpoint(&cluster, number)))
            .sum()
    };
    let mut observer = observe(&cluster);
    observer.sweep().await;
    let at_start = comparisons();
    sweep_after_five_minutes(&mut observer).await;
    assert_eq!(comparisons(), at_start);
    cluster.edit_schema(|schema| schema.keyspaces.get_mut("shop").unwrap().replication = simple(3));
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(comparisons(), at_start + 1);
    let replicas = snapshot.keyspaces["shop"].placements.clone().unwrap();
    assert!(
        replicas
            .placements()
            .iter()
            .all(|placement| placement.replicas.len() == 3)
    );
}

#[tokio::test(start_paused = true)]
async fn a_decommissioned_node_leaves_the_placements() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.remove(id(5));
    let snapshot = next_sweep(&mut observer).await;
    let map = snapshot.keyspaces["shop"].placements.clone().unwrap();
    assert!(
        map.placements()
            .iter()
            .all(|placement| !placement.replicas.contains(&id(5)))
    );
    assert_eq!(warned(&snapshot), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_strategy_is_taken_from_the_nodes() {
    let cluster = five_nodes();
    let shop = claimed(&cluster, "shop").await;
    let moon = Replication::Unknown {
        class: "MoonStrategy".to_owned(),
    };
    cluster.edit_schema(|schema| schema.keyspaces.get_mut("shop").unwrap().replication = moon.clone());
    cluster.claim_placements("shop", Some(shop.clone()));
    let mut observer = observe(&cluster);
    let snapshot = observer.sweep().await;
    let view = &snapshot.keyspaces["shop"];
    assert_eq!(view.placements.as_ref().unwrap().ranges().count(), shop.len());
    assert!(view.placement_map.is_some());
    assert_eq!(warned(&snapshot), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_strategy_that_nobody_explains_has_no_placements() {
    let cluster = five_nodes();
    let moon = Replication::Unknown {
        class: "MoonStrategy".to_owned(),
    };
    cluster.edit_schema(|schema| schema.keyspaces.get_mut("shop").unwrap().replication = moon.clone());
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(snapshot.keyspaces["shop"].placements, None);
    assert_eq!(warned(&snapshot), ["placements/shop"]);
    let stray = vec![NodePlacement {
        range: ringkeeper_ring::TokenRange::WHOLE_RING,
        replicas: vec!["10.9.9.9:7000".parse().unwrap()],
    }];
    cluster.claim_placements("shop", Some(stray));
    let snapshot = observe(&cluster).sweep().await;
    assert!(
        snapshot.warnings[0]
            .message
            .contains("10.9.9.9:7000, which is no member"),
        "{:?}",
        snapshot.warnings
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hangs_over_its_placements_costs_its_limit_after_the_news_are_out() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    for node in cluster.nodes() {
        cluster.edit(node, |node| {
            node.answers_to.insert("placements", Answers::Never);
        });
    }
    cluster.kill(id(5));
    cluster.edit_schema(|schema| schema.keyspaces.get_mut("shop").unwrap().replication = simple(3));
    let mut snapshots = observer.snapshots();
    snapshots.mark_unchanged();
    let news = async {
        snapshots.changed().await.unwrap();
        snapshots.borrow().clone().unwrap()
    };
    let (news, swept) = futures::future::join(news, observer.sweep()).await;
    assert_eq!(node(&news, 5).status, ringkeeper_cluster::PeerStatus::Down);
    assert_eq!((warned(&news), warned(&swept)), (vec![], vec!["placements/shop"]));
}
