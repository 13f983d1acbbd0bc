//! The plain story, and what may come between.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringkeeper_api::FreezeRequest;
use ringkeeper_conductor::NoFaults;
use ringkeeper_sim::{LifecycleChange, LifecycleFault};
use ringkeeper_suite::SimHost;
use serde_json::json;

use super::support::{all_serve, down, end, open, request, stops, until, until_down};

#[tokio::test(start_paused = true)]
async fn every_node_is_restarted_once_one_at_a_time_and_rack_by_rack() {
    let host = SimHost::restarting(|cluster| cluster.rack("dc1", "rack1", 1).rack("dc1", "rack2", 1)).await;
    let before: Vec<_> = host
        .cluster
        .nodes()
        .iter()
        .map(|id| host.cluster.node(*id).unwrap())
        .collect();
    let run = open(&host).await;
    let detail = end(&host, &run, 1_800).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(all_serve(&host));
    assert!(
        stops(&host).values().all(|stops| *stops == 1),
        "{:?}",
        stops(&host)
    );
    assert_eq!(host.cluster.most_down_at_once(), 1);
    for node in &before {
        assert_ne!(host.cluster.node(node.id).unwrap().process, node.process);
    }
    let racks: Vec<String> = host
        .cluster
        .lifecycle_events()
        .into_iter()
        .filter(|event| event.what == LifecycleChange::Stopped)
        .map(|event| host.cluster.node(event.node).unwrap().rack)
        .collect();
    assert_eq!(racks, ["rack1", "rack1", "rack2", "rack2", "rack3"]);
}

#[tokio::test(start_paused = true)]
async fn a_journal_on_a_slow_disk_makes_a_restart_slower_and_no_more() {
    for write_takes in [3, 40, 700] {
        let mut host = SimHost::restarting(|cluster| cluster).await;
        host.slow_down_journal(std::time::Duration::from_millis(write_takes));
        host.kill_and_restart(Arc::new(NoFaults)).await;
        let run = open(&host).await;
        let detail = end(&host, &run, 1_800).await;
        assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
        assert!(all_serve(&host));
    }
}

#[tokio::test(start_paused = true)]
async fn with_one_node_down_no_other_is_admitted_and_the_down_one_is() {
    let host = SimHost::restarting(|cluster| cluster).await;
    let dead = host.node(1);
    host.cluster.kill(dead);
    let run = open(&host).await;
    let blocked = until(&host, &run, 300, |detail| !detail.run.blocked_by.is_empty()).await;
    let words = blocked.run.blocked_by.join("; ");
    assert!(
        words.contains("keyspace orders") && words.contains("1 of the 2"),
        "{words}"
    );
    host.pass(120).await;
    assert!(
        stops(&host).values().all(|stops| *stops == 0),
        "{:?}",
        stops(&host)
    );
    host.conductor.cancel_run(&run, false, "anna").await.unwrap();
    end(&host, &run, 300).await;

    let address = host.cluster.node(dead).unwrap().endpoint.ip().to_string();
    let asked = request(&json!({ "nodes": [address], "soak_seconds": 5 }));
    let run = host.conductor.open_run(&asked).await.unwrap().id;
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(all_serve(&host));
}

#[tokio::test(start_paused = true)]
async fn a_block_that_lifts_lets_the_run_go_on() {
    let host = SimHost::restarting(|cluster| cluster).await;
    host.cluster.kill(host.node(2));
    let run = open(&host).await;
    until(&host, &run, 300, |detail| !detail.run.blocked_by.is_empty()).await;
    host.cluster
        .restart(host.node(2), std::time::Duration::from_secs(1));
    let detail = end(&host, &run, 1_200).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert_eq!(host.cluster.most_down_at_once(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_in_the_middle_brings_the_node_back() {
    let host = SimHost::restarting(|cluster| cluster).await;
    let run = open(&host).await;
    until_down(&host, 1).await;
    host.conductor.cancel_run(&run, false, "anna").await.unwrap();
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Cancelled", "{detail:#?}");
    assert!(all_serve(&host), "{:?}", down(&host));
    assert_eq!(stops(&host).values().sum::<u64>(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_is_revoked_in_the_middle_brings_the_node_back_and_stops_no_other() {
    let mut host = SimHost::restarting(|cluster| cluster).await;
    let run = open(&host).await;
    until_down(&host, 1).await;
    host.grant("patching", &["cluster", "node-state"]);
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(600).await;
    assert!(all_serve(&host), "{:?}", down(&host));
    assert_eq!(stops(&host).values().sum::<u64>(), 1);
    let detail = host.conductor.run(&run).unwrap();
    let words = detail.run.blocked_by.join("; ");
    assert!(words.contains("refused"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_freeze_in_the_middle_lets_the_node_come_back_and_no_other_go() {
    let host = SimHost::restarting(|cluster| cluster).await;
    let run = open(&host).await;
    until_down(&host, 1).await;
    let freeze = |frozen| FreezeRequest {
        cluster: None,
        frozen,
        reason: "a launch".to_owned(),
    };
    host.conductor.set_freeze(&freeze(true), "anna").await.unwrap();
    host.pass(600).await;
    assert!(all_serve(&host), "{:?}", down(&host));
    assert_eq!(stops(&host).values().sum::<u64>(), 1);
    host.conductor.set_freeze(&freeze(false), "anna").await.unwrap();
    let detail = end(&host, &run, 1_200).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_cannot_be_started_is_a_severe_finding_until_it_is_back() {
    let host = SimHost::restarting(|cluster| cluster).await;
    let first = host.node(0);
    host.cluster.fault_lifecycle(first, LifecycleFault::StartFails, 8);
    let run = open(&host).await;
    until_down(&host, 1).await;
    let finding = format!("undo-fails/{first}");
    let mut seen = false;
    for _ in 0..600 {
        host.pass(1).await;
        seen |= host.open_keys().contains(&finding);
        if all_serve(&host) {
            break;
        }
        let leases = host.conductor.leases(None).unwrap();
        assert!(
            leases.iter().any(|lease| lease.node == first.to_string()),
            "{leases:#?}"
        );
    }
    assert!(seen, "{:?}", host.open_keys());
    let detail = end(&host, &run, 1_200).await;
    assert!(all_serve(&host));
    assert_eq!(detail.run.state, "Failed", "{detail:#?}");
    host.pass(60).await;
    assert!(!host.open_keys().contains(&finding), "{:?}", host.open_keys());
}

#[tokio::test(start_paused = true)]
async fn a_repair_and_a_restart_never_have_a_node_at_the_same_time() {
    let host = SimHost::restarting(|cluster| cluster.rack("dc1", "rack1", 1).rack("dc1", "rack2", 1)).await;
    host.cluster.repairs_take(std::time::Duration::from_secs(40));
    host.pass(20).await;
    let mut repair = request(&json!({ "keyspaces": ["orders"] }));
    repair.operation = "repair.full".to_owned();
    let repair = host.conductor.open_run(&repair).await.unwrap().id;
    host.pass(3).await;
    let restart = open(&host).await;
    for run in [&repair, &restart] {
        let detail = end(&host, run, 3_600).await;
        assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    }
    for repair in host.cluster.repairs() {
        for event in host.cluster.lifecycle_events() {
            let during = repair.started_at <= event.at && event.at < repair.ends_at;
            assert!(
                !(during && repair.participants.contains(&event.node)),
                "{event:?} during {repair:?}"
            );
        }
    }
    let racks_down: BTreeSet<usize> = host.cluster.downs().iter().map(BTreeSet::len).collect();
    assert!(racks_down.into_iter().all(|down| down <= 1));
}
