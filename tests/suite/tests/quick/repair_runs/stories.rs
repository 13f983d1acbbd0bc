//! What becomes of a run when the world does not stand still.

use std::time::Duration;

use ringkeeper_api::FreezeRequest;
use ringkeeper_cluster::{RepairOrder, RepairParallelism};
use ringkeeper_conductor::RunError;
use ringkeeper_sim::StartFault;
use ringkeeper_suite::SimHost;

use super::support::{end, no_node_repairs_twice_at_one_time, open, overlaps, request, times_repaired};

async fn host() -> SimHost {
    SimHost::repairing(|cluster| cluster).await
}

#[tokio::test(start_paused = true)]
async fn a_keyspace_is_repaired_over_its_whole_ring_by_one_command() {
    let host = host().await;
    let run = open(&host).await;
    let detail = end(&host, &run, 120).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert_eq!(
        detail.goals.iter().map(|goal| goal.percent).collect::<Vec<_>>(),
        [Some(100.0)]
    );
    let repairs = host.cluster.repairs();
    assert_eq!(repairs.len(), 1, "{repairs:#?}");
    assert_eq!(times_repaired(&repairs, "lines").len(), 48);
    let rows = host.conductor.coverage(None, Some("orders")).await.unwrap();
    assert_eq!(rows[0].covered_percent, 100.0);
    assert_eq!(rows[0].repaired_by, ["ringkeeper"]);
}

async fn one_story() -> String {
    let host = host().await;
    let run = open(&host).await;
    end(&host, &run, 120).await;
    host.event_log().await
}

#[tokio::test(start_paused = true)]
async fn one_run_told_twice_gives_the_same_event_log_byte_by_byte() {
    let first = one_story().await;
    assert_eq!(first, one_story().await);
    assert!(first.contains("\"closed\""), "{first}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_piece_is_tried_smaller_with_another_coordinator() {
    let host = host().await;
    host.cluster
        .fail_repairs("lines", 1, "Merkle trees are out of season");
    let run = open(&host).await;
    let detail = end(&host, &run, 300).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    let repairs = host.cluster.repairs();
    assert!(repairs.len() >= 2);
    assert_ne!(repairs[0].coordinator, repairs[1].coordinator);
    assert!(overlaps(&repairs).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_piece_that_always_fails_is_reported_in_the_nodes_own_words() {
    let host = host().await;
    host.cluster
        .fail_repairs("lines", 1_000, "Merkle trees are out of season");
    let run = open(&host).await;
    let detail = end(&host, &run, 3_000).await;
    assert_eq!(detail.run.state, "Failed");
    assert!(
        detail.run.summary.contains("Merkle trees are out of season"),
        "{}",
        detail.run.summary
    );
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_down_is_waited_for_and_named() {
    let host = host().await;
    let second = host.node(1);
    host.pass(20).await;
    host.cluster.kill(second);
    host.pass(40).await;
    let run = host.conductor.open_run(&request()).await.unwrap().id;
    host.pass(60).await;
    let waiting = host.conductor.run(&run).unwrap();
    assert_eq!(waiting.run.state, "Running");
    assert!(
        waiting
            .run
            .blocked_by
            .iter()
            .any(|reason| reason.contains("10.0.0.3")),
        "{waiting:#?}"
    );
    host.cluster.restart(second, Duration::from_secs(3_600));
    let detail = end(&host, &run, 1_200).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
}

#[tokio::test(start_paused = true)]
async fn another_tools_repair_is_seen_and_waited_for() {
    let host = host().await;
    host.pass(20).await;
    let order = RepairOrder {
        keyspace: "system_auth".to_owned(),
        tables: vec!["roles".to_owned()],
        ranges: whole_first_range(&host),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    };
    host.cluster.repairs_take(Duration::from_secs(100));
    host.cluster.repair_by_another_tool(host.node(2), &order).unwrap();
    host.cluster.repairs_take(Duration::from_secs(10));
    host.pass(20).await;
    let run = host.conductor.open_run(&request()).await.unwrap().id;
    host.pass(30).await;
    let waiting = host.conductor.run(&run).unwrap();
    assert!(
        waiting
            .run
            .blocked_by
            .iter()
            .any(|reason| reason.contains("somebody else's repair")),
        "{waiting:#?}"
    );
    assert_eq!(host.cluster.repairs().len(), 1);
    let detail = end(&host, &run, 300).await;
    assert_eq!(detail.run.state, "Succeeded");
    let repairs = host.cluster.repairs();
    assert!(repairs[1].started_at >= repairs[0].ends_at);
}

fn whole_first_range(host: &SimHost) -> Vec<ringkeeper_ring::TokenRange> {
    let (_, snapshot) = host.conductor.snapshots().remove(0);
    let snapshot = snapshot.unwrap();
    let map = snapshot
        .keyspaces
        .get("system_auth")
        .unwrap()
        .placements
        .clone()
        .unwrap();
    map.ranges().map(|(range, _)| range).take(1).collect()
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_looked_for_and_nothing_runs_twice() {
    let host = host().await;
    host.cluster.repairs_take(Duration::from_secs(200));
    for node in host.cluster.nodes() {
        host.cluster.fault_next_start(node, StartFault::AnswerLost);
    }
    let run = open(&host).await;
    host.pass(20).await;
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert_eq!((detail.in_doubt, detail.repeated), (1, 0));
    assert_eq!(host.cluster.repairs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_arrived_is_made_again_after_the_window() {
    let host = host().await;
    for node in host.cluster.nodes() {
        host.cluster.fault_next_start(node, StartFault::CallLost);
    }
    let run = open(&host).await;
    host.pass(60).await;
    assert_eq!(host.cluster.repairs().len(), 0, "nothing is begun in the window");
    assert!(
        host.conductor
            .run(&run)
            .unwrap()
            .step_rows
            .iter()
            .any(|step| step.state == "InDoubt")
    );
    let detail = end(&host, &run, 900).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(detail.in_doubt >= 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_in_the_nodes_queue_is_found_and_not_doubled() {
    let host = host().await;
    for node in host.cluster.nodes() {
        host.cluster
            .fault_next_start(node, StartFault::Queued(Duration::from_secs(50)));
    }
    let run = open(&host).await;
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert_eq!(host.cluster.repairs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_coordinator_that_restarts_loses_the_command_and_it_is_done_again() {
    let host = host().await;
    host.cluster.repairs_take(Duration::from_secs(60));
    let run = open(&host).await;
    host.pass(10).await;
    let first = host.cluster.repairs()[0].coordinator;
    host.cluster.kill(first);
    host.pass(2).await;
    host.cluster.restart(first, Duration::from_secs(3_600));
    let detail = end(&host, &run, 1_800).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(overlaps(&host.cluster.repairs()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_command_is_read_from_the_nodes_memory() {
    let host = host().await;
    host.cluster.forget_repairs(true);
    let run = open(&host).await;
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert_eq!(host.cluster.repairs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_table_dropped_meanwhile_is_no_failure() {
    let host = SimHost::repairing(|cluster| cluster).await;
    host.cluster.edit_schema(|schema| {
        let orders = schema.keyspaces.get_mut("orders").unwrap();
        let mut more = orders.tables["lines"].clone();
        more.name = "parcels".to_owned();
        more.id = uuid::Uuid::from_u128(77);
        orders.tables.insert("parcels".to_owned(), more);
    });
    host.pass(40).await;
    host.conductor
        .set_freeze(
            &FreezeRequest {
                cluster: None,
                frozen: true,
                reason: "wait".to_owned(),
            },
            "anna",
        )
        .await
        .unwrap();
    let run = host.conductor.open_run(&request()).await.unwrap().id;
    host.pass(10).await;
    assert_eq!(host.cluster.repairs().len(), 0, "nothing is begun in a freeze");
    host.cluster.edit_schema(|schema| {
        schema
            .keyspaces
            .get_mut("orders")
            .unwrap()
            .tables
            .remove("parcels");
    });
    host.conductor
        .set_freeze(
            &FreezeRequest {
                cluster: None,
                frozen: false,
                reason: String::new(),
            },
            "anna",
        )
        .await
        .unwrap();
    let detail = end(&host, &run, 900).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(
        detail
            .goals
            .iter()
            .any(|goal| goal.percent.is_none() && goal.note.contains("dropped")),
        "{detail:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_pause_lets_the_running_piece_end_and_begins_no_other() {
    let host = SimHost::repairing(|cluster| cluster.rack("dc1", "rack1", 1)).await;
    let run = open(&host).await;
    host.pass(2).await;
    let begun = host.cluster.repairs().len();
    host.conductor.pause_run(&run, "anna").await.unwrap();
    host.pass(120).await;
    let paused = host.conductor.run(&run).unwrap();
    assert_eq!(paused.run.state, "Paused", "{paused:#?}");
    assert_eq!(paused.run.steps_done, begun);
    assert_eq!(host.cluster.repairs().len(), begun);
    host.conductor.resume_run(&run, "anna").await.unwrap();
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Succeeded");
    assert!(overlaps(&host.cluster.repairs()).is_empty());
    assert!(no_node_repairs_twice_at_one_time(&host.cluster.repairs()));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_ends_when_its_running_piece_has() {
    let host = host().await;
    let run = open(&host).await;
    host.pass(2).await;
    host.conductor.cancel_run(&run, false, "anna").await.unwrap();
    assert_eq!(host.conductor.leases(None).unwrap().len(), 3);
    let detail = end(&host, &run, 60).await;
    assert_eq!(detail.run.state, "Cancelled");
    assert_eq!(host.cluster.repairs()[0].failure, None);
    assert_eq!(host.conductor.leases(None).unwrap().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn cancelling_now_ends_our_repair_but_never_with_a_foreign_one_beside_it() {
    let host = host().await;
    host.cluster.repairs_take(Duration::from_secs(600));
    let run = open(&host).await;
    host.pass(5).await;
    let ours = host.cluster.repairs()[0].clone();
    let order = RepairOrder {
        keyspace: "system_auth".to_owned(),
        tables: vec!["roles".to_owned()],
        ranges: whole_first_range(&host),
        data_centres: Vec::new(),
        parallelism: RepairParallelism::Parallel,
        threads: 1,
    };
    host.cluster.repairs_take(Duration::from_secs(100));
    host.cluster.repair_by_another_tool(host.node(2), &order).unwrap();
    let refused = host.conductor.cancel_run(&run, true, "anna").await.unwrap_err();
    assert!(
        matches!(&refused, RunError::Refused { message, .. } if message.contains("another tool")),
        "{refused}"
    );
    assert!(host.cluster.repairs()[0].ends_at == ours.ends_at, "ours goes on");
    host.pass(120).await;
    host.conductor.cancel_run(&run, true, "anna").await.unwrap();
    let detail = end(&host, &run, 30).await;
    assert_eq!(detail.run.state, "Cancelled");
    assert!(host.cluster.repairs()[0].ends_at < ours.ends_at);
}

#[tokio::test(start_paused = true)]
async fn the_same_run_is_not_opened_twice() {
    let host = host().await;
    let run = open(&host).await;
    let refused = host.conductor.open_run(&request()).await.unwrap_err();
    assert!(refused.to_string().contains(&run), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn an_approved_plan_is_carried_out_as_it_was_shown_or_not_at_all() {
    let host = host().await;
    host.pass(20).await;
    let ask = ringkeeper_api::PlanRequest {
        operation: "repair.full".to_owned(),
        cluster: None,
        parameters: request().parameters,
    };
    let shown = host.conductor.dry_run(&ask).await.unwrap();
    let approve = |hash: &str| ringkeeper_api::RunRequest {
        approve: Some(hash.to_owned()),
        deadline: None,
        security: false,
        ..request()
    };
    let run = host.conductor.open_run(&approve(&shown.hash)).await.unwrap();
    let detail = end(&host, &run.id, 120).await;
    assert_eq!(detail.plan_hash, shown.hash);
    let unknown = host.conductor.open_run(&approve("0123")).await.unwrap_err();
    assert!(matches!(unknown, RunError::NoPlan { .. }), "{unknown}");
    let second = host.conductor.dry_run(&ask).await.unwrap();
    host.cluster.edit_schema(|schema| {
        let orders = schema.keyspaces.get_mut("orders").unwrap();
        orders.replication =
            ringkeeper_ring::Replication::Simple(ringkeeper_ring::Replicas { all: 2, transient: 0 });
    });
    host.pass(60).await;
    let outdated = host.conductor.open_run(&approve(&second.hash)).await.unwrap_err();
    assert!(
        outdated.to_string().contains("replication of keyspace orders"),
        "{outdated}"
    );
}

#[tokio::test(start_paused = true)]
async fn replication_that_changes_meanwhile_leads_to_a_new_plan() {
    let host = host().await;
    host.pass(20).await;
    host.conductor
        .set_freeze(
            &FreezeRequest {
                cluster: None,
                frozen: true,
                reason: "wait".to_owned(),
            },
            "anna",
        )
        .await
        .unwrap();
    let run = host.conductor.open_run(&request()).await.unwrap().id;
    host.cluster.edit_schema(|schema| {
        let orders = schema.keyspaces.get_mut("orders").unwrap();
        orders.replication =
            ringkeeper_ring::Replication::Simple(ringkeeper_ring::Replicas { all: 2, transient: 0 });
    });
    host.pass(60).await;
    host.conductor
        .set_freeze(
            &FreezeRequest {
                cluster: None,
                frozen: false,
                reason: String::new(),
            },
            "anna",
        )
        .await
        .unwrap();
    let detail = end(&host, &run, 900).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(
        host.cluster
            .repairs()
            .iter()
            .all(|repair| repair.participants.len() == 2)
    );
}
