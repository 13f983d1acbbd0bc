//! What a repair waits for, and which of two that wait comes first.

use std::time::Duration;

use ringkeeper_api::{FreezeRequest, RunRequest};
use ringkeeper_cluster::{RepairOrder, RepairParallelism};
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_suite::SimHost;
use serde_json::json;

use super::support::{end, no_node_repairs_twice_at_one_time, open, request};

#[tokio::test(start_paused = true)]
async fn a_repair_waits_while_cassandras_own_scheduler_is_on() {
    let host = SimHost::repairing(|cluster| cluster).await;
    host.cluster
        .edit(host.node(2), |node| node.work.auto_repair = Some(true));
    let run = open(&host).await;
    host.pass(60).await;
    let waiting = host.conductor.run(&run).unwrap();
    assert!(
        waiting
            .run
            .blocked_by
            .iter()
            .any(|reason| reason.contains("Cassandra's own repair scheduler is on")),
        "{waiting:#?}"
    );
    assert_eq!(waiting.step_rows[0].blocks[0].rule, "foreign");
    assert!(host.cluster.repairs().is_empty());
    host.cluster
        .edit(host.node(2), |node| node.work.auto_repair = Some(false));
    let detail = end(&host, &run, 300).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
}

/// Two keyspaces, both repaired once by another tool; what was deleted in `billing` is kept for a shorter time.
async fn two_keyspaces(wider: bool) -> SimHost {
    let host = SimHost::repairing(|cluster| {
        let thrice = Replicas { all: 3, transient: 0 };
        let thrice = Replication::NetworkTopology([("dc1".to_owned(), thrice)].into());
        let cluster = cluster.keyspace("billing", thrice, &["invoices"]);
        if wider {
            cluster.rack("dc1", "rack1", 1)
        } else {
            cluster
        }
    })
    .await;
    host.cluster.edit_schema(|schema| {
        let billing = schema.keyspaces.get_mut("billing").unwrap();
        billing.tables.get_mut("invoices").unwrap().gc_grace_seconds = 3 * 86_400;
    });
    host.pass(20).await;
    host
}

fn repair_of(keyspace: &str) -> RunRequest {
    let parameters = json!({ "keyspaces": [keyspace] });
    RunRequest {
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        ..request()
    }
}

async fn freeze(host: &SimHost, frozen: bool) {
    let freeze = FreezeRequest {
        cluster: None,
        frozen,
        reason: "until both wait".to_owned(),
    };
    host.conductor.set_freeze(&freeze, "anna").await.unwrap();
}

/// Opens a repair of each of these keyspaces in a freeze, so that all of them wait, and lifts it.
async fn all_at_once(host: &SimHost, keyspaces: [&str; 2]) -> [String; 2] {
    freeze(host, true).await;
    let mut runs = Vec::new();
    for keyspace in keyspaces {
        runs.push(host.conductor.open_run(&repair_of(keyspace)).await.unwrap().id);
    }
    host.pass(10).await;
    freeze(host, false).await;
    runs.try_into().unwrap()
}

/// Lets another tool repair all of a keyspace.
async fn repair_by_another_tool(host: &SimHost, keyspace: &str, table: &str) {
    let (_, snapshot) = host.conductor.snapshots().remove(0);
    let map = snapshot
        .unwrap()
        .keyspaces
        .get(keyspace)
        .unwrap()
        .placements
        .clone()
        .unwrap();
    let order = RepairOrder {
        keyspace: keyspace.to_owned(),
        tables: vec![table.to_owned()],
        ranges: map.ranges().map(|(range, _)| range).collect(),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    };
    host.cluster.repair_by_another_tool(host.node(0), &order).unwrap();
    host.pass(100).await;
}

/// The keyspaces of all repairs that the host began, in order.
fn order_of(host: &SimHost, skip: usize) -> Vec<String> {
    let repairs = host.cluster.repairs().into_iter().skip(skip);
    repairs.map(|repair| repair.order.keyspace).collect()
}

#[tokio::test(start_paused = true)]
async fn of_two_repairs_that_wait_the_one_whose_tables_reach_gc_grace_first_goes_first() {
    let host = two_keyspaces(false).await;
    repair_by_another_tool(&host, "orders", "lines").await;
    repair_by_another_tool(&host, "billing", "invoices").await;
    let repairs = host.cluster.repairs();
    let [orders, billing] = all_at_once(&host, ["orders", "billing"]).await;
    let due = |run: &str| host.conductor.run(run).unwrap().deadline.unwrap();
    let days = |days: u64| Duration::from_secs(days * 86_400);
    assert_eq!(
        (due(&orders).at, due(&orders).reason.as_str()),
        (
            repairs[0].started_at.after(days(10)),
            "table orders.lines reaches gc_grace"
        )
    );
    assert_eq!(
        (due(&billing).at, due(&billing).reason.as_str()),
        (
            repairs[1].started_at.after(days(3)),
            "table billing.invoices reaches gc_grace"
        )
    );
    for run in [&billing, &orders] {
        assert_eq!(end(&host, run, 300).await.run.state, "Succeeded");
    }
    assert_eq!(order_of(&host, 2), ["billing", "orders"]);
    assert_eq!(host.conductor.run(&billing).unwrap().deadline, None, "it is over");
}

#[tokio::test(start_paused = true)]
async fn a_repair_of_what_was_never_repaired_is_due_at_once_but_not_before_what_is_about_security() {
    let host = two_keyspaces(false).await;
    repair_by_another_tool(&host, "orders", "lines").await;
    let [orders, billing] = all_at_once(&host, ["orders", "billing"]).await;
    let due = host.conductor.run(&billing).unwrap().deadline.unwrap();
    assert_eq!(due.reason, "no repair of all of table billing.invoices is known");
    assert!(due.at <= host.now());
    for run in [&billing, &orders] {
        assert_eq!(end(&host, run, 300).await.run.state, "Succeeded");
    }
    assert_eq!(order_of(&host, 1), ["billing", "orders"]);

    let host = two_keyspaces(false).await;
    repair_by_another_tool(&host, "orders", "lines").await;
    freeze(&host, true).await;
    let never = host.conductor.open_run(&repair_of("billing")).await.unwrap().id;
    let security = RunRequest {
        deadline: Some(host.now().after(Duration::from_secs(30 * 86_400))),
        security: true,
        ..repair_of("orders")
    };
    let security = host.conductor.open_run(&security).await.unwrap().id;
    freeze(&host, false).await;
    for run in [&security, &never] {
        assert_eq!(end(&host, run, 300).await.run.state, "Succeeded");
    }
    assert_eq!(order_of(&host, 1), ["orders", "billing"]);
}

/// The order in which two runs of two steps each, which share nodes, are carried out where each piece takes so long.
async fn turns_where_pieces_take(seconds: u64) -> Vec<String> {
    let host = two_keyspaces(true).await;
    host.cluster.repairs_take(Duration::from_secs(seconds));
    let runs = all_at_once(&host, ["orders", "billing"]).await;
    for run in &runs {
        let detail = end(&host, run, 20_000).await;
        assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    }
    let repairs = host.cluster.repairs();
    assert!(no_node_repairs_twice_at_one_time(&repairs));
    order_of(&host, 0)
}

#[tokio::test(start_paused = true)]
async fn a_repair_that_a_more_urgent_one_keeps_waiting_for_long_has_its_turn() {
    let quick = turns_where_pieces_take(60).await;
    assert!(
        quick.is_sorted_by_key(|keyspace| keyspace == "billing"),
        "the urgent one first, all of it: {quick:?}"
    );
    let slow = turns_where_pieces_take(2_400).await;
    assert_eq!(slow.len(), quick.len());
    assert_eq!(
        &slow[..3],
        ["orders", "billing", "orders"],
        "then it goes on: {slow:?}"
    );
}
