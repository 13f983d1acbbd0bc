//! Repairs that run by themselves, and a host that was away meanwhile.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::ScheduleChange;
use ringkeeper_conductor::NoFaults;
use ringkeeper_suite::SimHost;
use serde_json::json;

use super::support::{end, open};

/// The whole hour, by the host's clock: it begins at noon.
fn hourly() -> ScheduleChange {
    ScheduleChange {
        operation: "repair.full".to_owned(),
        cron: Some("0 * * * *".to_owned()),
        enabled: Some(true),
        parameters: json!({ "keyspaces": ["orders"] }).as_object().cloned(),
        ..ScheduleChange::default()
    }
}

async fn host() -> SimHost {
    SimHost::repairing(|cluster| cluster).await
}

#[tokio::test(start_paused = true)]
async fn a_schedule_opens_a_run_at_its_time_and_only_then() {
    let host = host().await;
    host.pass(20).await;
    let row = host.conductor.change_schedule(&hourly(), "anna").await.unwrap();
    assert_eq!(row.origin, "set at run time");
    assert_eq!(row.next[0].to_string(), "2026-03-01T13:00:00.000Z");
    host.pass(3_500).await;
    assert_eq!(host.conductor.runs(None).unwrap().len(), 0);
    host.pass(200).await;
    let runs = host.conductor.runs(None).unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].state, "Succeeded", "{runs:#?}");
    let last = host.conductor.schedules(None).unwrap().remove(0).last.unwrap();
    assert_eq!(last.run.as_deref(), Some(runs[0].id.as_str()));
    host.pass(3 * 3_600).await;
    assert_eq!(host.conductor.runs(None).unwrap().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn times_missed_while_the_host_was_away_are_served_once() {
    let mut host = host().await;
    host.pass(20).await;
    host.conductor.change_schedule(&hourly(), "anna").await.unwrap();
    host.stop().await;
    host.pass(5 * 3_600).await;
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(200).await;
    let runs = host.conductor.runs(None).unwrap();
    assert_eq!(runs.len(), 1, "{runs:#?}");
    let last = host.conductor.schedules(None).unwrap().remove(0).last.unwrap();
    assert!(last.note.contains("missed"), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn a_time_that_comes_while_the_operation_still_runs_is_left_out() {
    let host = host().await;
    host.cluster.repairs_take(Duration::from_secs(2 * 3_600));
    host.pass(20).await;
    host.conductor.change_schedule(&hourly(), "anna").await.unwrap();
    host.pass(2 * 3_600).await;
    assert_eq!(host.conductor.runs(None).unwrap().len(), 1);
    let last = host.conductor.schedules(None).unwrap().remove(0).last.unwrap();
    assert!(last.note.contains("still ran"), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn a_disabled_schedule_stays_so_over_a_restart_and_a_reset_brings_the_configuration_back() {
    let mut host = host().await;
    host.pass(20).await;
    host.conductor.change_schedule(&hourly(), "anna").await.unwrap();
    let off = ScheduleChange {
        operation: "repair.full".to_owned(),
        enabled: Some(false),
        ..ScheduleChange::default()
    };
    host.conductor.change_schedule(&off, "anna").await.unwrap();
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(3 * 3_600).await;
    assert_eq!(host.conductor.runs(None).unwrap().len(), 0);
    let reset = ScheduleChange {
        operation: "repair.full".to_owned(),
        reset: true,
        ..ScheduleChange::default()
    };
    let row = host.conductor.change_schedule(&reset, "anna").await.unwrap();
    assert_eq!(
        (row.origin.as_str(), row.schedule.cron.as_str()),
        ("the configuration", "0 0 1 1 *")
    );
}

#[tokio::test(start_paused = true)]
async fn a_schedule_that_cannot_be_served_is_a_finding() {
    let host = host().await;
    host.pass(20).await;
    let mut change = hourly();
    change.parameters = json!({ "keyspaces": ["nothing"] }).as_object().cloned();
    host.conductor.change_schedule(&change, "anna").await.unwrap();
    host.pass(4_200).await;
    assert_eq!(host.conductor.runs(None).unwrap().len(), 0);
    assert_eq!(host.open_keys(), ["schedule-failed/repair.full"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_journal_holds_everything_back_for_one_window() {
    let mut host = host().await;
    host.cluster.repairs_take(Duration::from_secs(40));
    open(&host).await;
    host.pass(2).await;
    assert_eq!(host.cluster.repairs().len(), 1);
    host.lose_journal().await;
    host.pass(5).await;
    let run = open(&host).await;
    host.pass(10).await;
    let waiting = host.conductor.run(&run).unwrap();
    assert!(
        waiting.run.blocked_by[0].contains("the journal was lost"),
        "{waiting:#?}"
    );
    assert_eq!(host.cluster.repairs().len(), 1);
    let detail = end(&host, &run, 300).await;
    assert_eq!(detail.run.state, "Succeeded");
    let repairs = host.cluster.repairs();
    assert!(repairs[1].started_at >= repairs[0].ends_at);
}
