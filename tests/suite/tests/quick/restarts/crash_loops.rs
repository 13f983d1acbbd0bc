//! A plugin that takes a node away and breaks, again and again: the host brings the node back, and calls an end to it.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{RunRequest, UndoRow};
use ringkeeper_bundled::fixtures::CRASHER;
use ringkeeper_cluster::Cluster as _;
use ringkeeper_conductor::{FaultPoint, NoFaults};
use ringkeeper_guard::Scope;
use ringkeeper_sandbox::Limits;
use ringkeeper_suite::{SimHost, SimPlugin};
use serde_json::json;

use super::super::repair_runs::StopAt;
use super::support::{all_serve, end, request, stops, until, until_down};

/// Ways of the plugin to break, and how often the node goes before the host has had enough of it.
const WAYS: [(&str, u64); 4] = [
    ("once-it-is-gone", 1),
    ("whenever-it-is-gone", 3),
    ("before-it-goes", 0),
    ("before-it-comes-back", 3),
];
/// Longer than three attempts take, with the pauses between them.
const WITHIN: u64 = 900;

/// A host with the plugin. A computation without end has its end soon.
async fn host() -> SimHost {
    SimHost::working_with(SimPlugin {
        name: "crasher",
        component: CRASHER,
        grants: vec!["lifecycle"],
        scope: Scope::default(),
        limits: Limits {
            cpu: Duration::from_millis(10),
            ..Limits::default()
        },
    })
    .await
}

/// A host with the plugin, and a run of it that was opened.
async fn crashing(breaks: &str, by: &str) -> (SimHost, String) {
    let host = host().await;
    let run = open(&host, breaks, by).await;
    (host, run)
}

async fn open(host: &SimHost, breaks: &str, by: &str) -> String {
    host.pass(20).await;
    let node = host.node(1).to_string();
    let asked = RunRequest {
        operation: "crasher.restart".to_owned(),
        ..request(&json!({ "node": node, "breaks": breaks, "by": by }))
    };
    host.conductor.open_run(&asked).await.unwrap().id
}

/// The run has failed in its third attempt, all nodes serve, and nothing is left of it but the findings.
async fn is_over(host: &SimHost, run: &str, place: &str) {
    let detail = end(host, run, WITHIN).await;
    // While nothing moves the host looks for findings this often.
    host.pass(310).await;
    assert_eq!(detail.run.state, "Failed", "{place}: {detail:#?}");
    assert_eq!(detail.step_rows[0].attempt, 3, "{place}: {detail:#?}");
    assert!(all_serve(host), "{place}");
    assert!(host.cluster.most_down_at_once() <= 1, "{place}");
    let undone = |undo: &UndoRow| undo.state == "done";
    assert!(detail.undos.iter().all(undone), "{place}: {:#?}", detail.undos);
    let leases = host.conductor.leases(None).unwrap();
    assert!(leases.is_empty(), "{place}: {leases:#?}");
    let findings = host.open_keys();
    let told = "plugin-broke/crasher.restart".to_owned();
    assert!(findings.contains(&told), "{place}: {findings:?}");
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_breaks_again_and_again_fails_its_run_and_the_node_is_back() {
    for (breaks, times) in WAYS {
        for by in ["trap", "spin"] {
            let (host, run) = crashing(breaks, by).await;
            let place = format!("{breaks} {by}");
            is_over(&host, &run, &place).await;
            assert_eq!(stops(&host)[&host.node(1)], times, "{place}");
            assert_eq!(stops(&host).values().sum::<u64>(), times, "{place}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn between_two_crashes_the_node_serves_and_nobody_holds_it() {
    let (host, run) = crashing("whenever-it-is-gone", "trap").await;
    for attempt in 1..=2 {
        let detail = until(&host, &run, 300, |detail| {
            detail.step_rows[0].attempt == attempt && detail.step_rows[0].state == "Postponed"
        })
        .await;
        let message = &detail.step_rows[0].message;
        assert!(message.contains("the second half is missing"), "{message}");
        assert!(all_serve(&host));
        assert!(host.conductor.leases(None).unwrap().is_empty());
    }
    end(&host, &run, WITHIN).await;
}

#[tokio::test(start_paused = true)]
async fn the_next_run_on_the_node_is_admitted() {
    let (host, run) = crashing("once-it-is-gone", "trap").await;
    end(&host, &run, WITHIN).await;
    let address = host.cluster.node(host.node(1)).unwrap().endpoint.ip().to_string();
    let asked = request(&json!({ "nodes": [address], "soak_seconds": 5 }));
    let run = host.conductor.open_run(&asked).await.unwrap().id;
    let detail = end(&host, &run, 600).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert!(all_serve(&host));
}

/// Kills the host the n-th time that an effect passes a point, if it ever does, and leaves it dead for a while.
async fn kill_at(breaks: &str, times: u64, point: FaultPoint, nth: u32, dead_for: u64) -> bool {
    let mut host = host().await;
    let stop = Arc::new(StopAt::new(point, nth));
    host.kill_and_restart(stop.clone()).await;
    let run = open(&host, breaks, "trap").await;
    let was_passed = tokio::time::timeout(Duration::from_secs(WITHIN), stop.stopped())
        .await
        .is_ok();
    host.pass(dead_for).await;
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(1).await;
    let place = format!("{breaks} {point:?} {nth} {dead_for}");
    is_over(&host, &run, &place).await;
    assert_eq!(stops(&host)[&host.node(1)], times, "{place}");
    was_passed
}

#[tokio::test(start_paused = true)]
async fn a_kill_at_any_point_on_the_way_leaves_no_node_down_and_forgets_no_crash() {
    let points = [
        FaultPoint::BeforeCall,
        FaultPoint::AfterCall,
        FaultPoint::BeforeEnd,
        FaultPoint::AfterEnd,
    ];
    for (breaks, times) in WAYS {
        for point in points {
            // The first attempt, and the beginning of the second where the node goes once more.
            for nth in 1..=4 {
                let dead_for = if nth % 2 == 0 { 400 } else { 0 };
                let was_passed = kill_at(breaks, times, point, nth, dead_for).await;
                // What does not go is not called.
                let is_passed = times > 0 || matches!(point, FaultPoint::BeforeEnd | FaultPoint::AfterEnd);
                assert!(was_passed == is_passed || nth > 1, "{breaks} {point:?}");
                if !was_passed {
                    break;
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_killed_again_and_again_meanwhile_leaves_no_node_down() {
    for seed in 0..8 {
        let (mut host, run) = crashing("whenever-it-is-gone", "trap").await;
        let mut draw = ringkeeper_seams::Entropy::from_seed(seed).stream("kills");
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(draw.next_u64() % 30_000)).await;
            host.stop().await;
            tokio::time::sleep(Duration::from_millis(draw.next_u64() % 30_000)).await;
            host.kill_and_restart(Arc::new(NoFaults)).await;
        }
        is_over(&host, &run, &format!("seed {seed}")).await;
        assert_eq!(stops(&host)[&host.node(1)], 3, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plugin_that_loses_its_grant_before_its_stop_began_takes_nothing_away() {
    let mut host = host().await;
    let stop = Arc::new(StopAt::new(FaultPoint::BeforeCall, 1));
    host.kill_and_restart(stop.clone()).await;
    let run = open(&host, "once-it-is-gone", "trap").await;
    stop.stopped().await;
    host.grant("crasher", &[]);
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(300).await;
    assert!(all_serve(&host));
    assert_eq!(stops(&host).values().sum::<u64>(), 0);
    assert!(host.conductor.leases(None).unwrap().is_empty());
    let detail = host.conductor.run(&run).unwrap();
    let words = detail.run.blocked_by.join("; ");
    assert!(words.contains("refused"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_crash_loop_that_loses_its_grant_with_the_node_down_is_blocked_and_the_node_is_back() {
    let (mut host, run) = crashing("whenever-it-is-gone", "trap").await;
    until_down(&host, 1).await;
    host.grant("crasher", &[]);
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(300).await;
    assert!(all_serve(&host));
    assert_eq!(stops(&host).values().sum::<u64>(), 1);
    assert!(host.conductor.leases(None).unwrap().is_empty());
    host.conductor.cancel_run(&run, false, "anna").await.unwrap();
    let detail = end(&host, &run, 60).await;
    assert_eq!(detail.run.state, "Cancelled", "{detail:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_drain_that_arrives_after_its_plugin_lost_its_grant_is_seen_and_the_node_is_back() {
    let mut host = host().await;
    let stop = Arc::new(StopAt::new(FaultPoint::BeforeCall, 1));
    host.kill_and_restart(stop.clone()).await;
    open(&host, "once-it-is-gone", "trap").await;
    stop.stopped().await;
    host.grant("crasher", &[]);
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(30).await;
    // The call of the host that was killed had waited in the node's queue.
    let endpoint = host.cluster.node(host.node(1)).unwrap().endpoint;
    host.cluster.drain(endpoint).await.unwrap();
    host.pass(300).await;
    assert!(all_serve(&host));
    assert_eq!(stops(&host)[&host.node(1)], 1);
    assert!(host.conductor.leases(None).unwrap().is_empty());
}
