//! How far grants reach while runs are open: what must wait waits, and what was planned under wider ones is not done.

use std::sync::Arc;

use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_bundled::fixtures::ASKER;
use ringkeeper_conductor::NoFaults;
use ringkeeper_guard::{Pattern, Scope};
use ringkeeper_journal::{Event, RunEvent};
use ringkeeper_sandbox::Limits;
use ringkeeper_suite::{SimHost, SimPlugin};
use serde_json::{Value, json};

async fn host(scope: Scope) -> SimHost {
    let host = SimHost::working_with(SimPlugin {
        name: "asker",
        component: ASKER,
        grants: vec!["repair", "tables", "lifecycle"],
        scope,
        limits: Limits::default(),
    })
    .await;
    host.pass(20).await;
    host
}

async fn ask(host: &SimHost, steps: &[(usize, Value)]) -> String {
    let step =
        |(at, call): &(usize, Value)| json!({ "nodes": [host.node(*at).to_string()], "calls": [call] });
    let steps: Vec<_> = steps.iter().map(step).collect();
    let asked = RunRequest {
        operation: "asker.ask".to_owned(),
        cluster: None,
        parameters: json!({ "steps": steps }).as_object().cloned().unwrap(),
        approve: None,
        deadline: None,
        security: false,
    };
    host.conductor.open_run(&asked).await.unwrap().id
}

fn stop(host: &SimHost, at: usize) -> Value {
    json!({ "stop": { "node": host.node(at).to_string() } })
}

fn flush(host: &SimHost, at: usize) -> Value {
    json!({ "flush": { "node": host.node(at).to_string(), "keyspace": "orders", "table": "lines" } })
}

fn flushes(host: &SimHost, at: usize) -> u64 {
    let endpoint = host.cluster.node(host.node(at)).unwrap().endpoint;
    host.cluster.calls("flush", endpoint)
}

/// Lets time pass until the run is as `wanted`, or for ten minutes.
async fn until(host: &SimHost, run: &str, wanted: impl Fn(&RunDetail) -> bool) -> RunDetail {
    for _ in 0..600 {
        let detail = host.conductor.run(run).unwrap();
        if wanted(&detail) {
            return detail;
        }
        host.pass(1).await;
    }
    host.conductor.run(run).unwrap()
}

/// Whether the step of the second run began before that of the first ended.
async fn is_beside(host: &SimHost, first: &str, second: &str) -> bool {
    let events = host.events().await;
    let place = |wanted: &str, begins: bool| {
        events.iter().position(|(_, recorded)| match &recorded.event {
            Event::Run { run, what } if run.0 == wanted => match what {
                RunEvent::StepStarted { .. } => begins,
                RunEvent::StepEnded { .. } => !begins,
                _ => false,
            },
            _ => false,
        })
    };
    place(second, true).unwrap() < place(first, false).unwrap()
}

/// Two runs of one plugin: the first takes a node away, which takes a while to come back; the second works on another node.
#[tokio::test(start_paused = true)]
async fn a_step_waits_while_its_plugin_holds_as_many_nodes_as_it_may() {
    for (nodes_at_once, waits) in [(None, false), (Some(1), true)] {
        let host = host(Scope {
            nodes_at_once,
            ..Scope::default()
        })
        .await;
        let first = ask(&host, &[(0, stop(&host, 0))]).await;
        until(&host, &first, |detail| detail.step_rows[0].attempt > 0).await;
        let second = ask(&host, &[(1, flush(&host, 1))]).await;
        host.pass(2).await;
        let held_up = host.conductor.run(&second).unwrap().step_rows[0].blocks.clone();
        let words = "plugin asker";
        assert_eq!(
            held_up
                .iter()
                .any(|block| block.rule == "approval" && block.subject == words),
            waits,
            "{held_up:?}"
        );
        let ended = until(&host, &second, |detail| detail.run.ended_at.is_some()).await;
        assert_eq!((ended.run.state.as_str(), flushes(&host, 1)), ("Succeeded", 1));
        let ended = until(&host, &first, |detail| detail.run.ended_at.is_some()).await;
        assert_eq!(ended.run.state, "Succeeded");
        assert_eq!(is_beside(&host, &first, &second).await, !waits);
    }
}

/// A run that was planned when its plugin's scope was wider.
#[tokio::test(start_paused = true)]
async fn what_a_run_was_to_do_beyond_a_narrower_scope_waits_and_is_not_done() {
    let mut host = host(Scope::default()).await;
    let run = ask(
        &host,
        &[(0, flush(&host, 0)), (1, stop(&host, 1)), (2, flush(&host, 2))],
    )
    .await;
    // Killed before any of it began.
    host.bound(
        "asker",
        Scope {
            impact: Some(ringkeeper_plan::Impact::Change),
            ..Scope::default()
        },
    );
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(600).await;
    let detail = host.conductor.run(&run).unwrap();
    let blocks = &detail.step_rows[1].blocks;
    assert_eq!(detail.run.state, "Running", "{detail:#?}");
    assert!(
        blocks.iter().any(|block| block.text.contains("impact")),
        "it says why: {detail:#?}"
    );
    assert_eq!(detail.step_rows[0].state, "Done");
    assert_eq!(detail.step_rows[2].attempt, 0);
    assert_eq!(host.cluster.stops_of(host.node(1)), 0);
    // Back as it was, it goes on.
    host.bound("asker", Scope::default());
    host.kill_and_restart(Arc::new(NoFaults)).await;
    let detail = until(&host, &run, |detail| detail.run.ended_at.is_some()).await;
    assert_eq!(detail.run.state, "Succeeded", "{detail:#?}");
    assert_eq!(host.cluster.stops_of(host.node(1)), 1);
}

/// A step is under way when the scope becomes narrower: its next call is refused, and what it did is not undone.
#[tokio::test(start_paused = true)]
async fn a_call_beyond_a_narrower_scope_is_refused() {
    let mut host = host(Scope::default()).await;
    let run = ask(&host, &[(0, flush(&host, 0)), (1, flush(&host, 1))]).await;
    host.bound(
        "asker",
        Scope {
            tables: Some(vec![Pattern::new("shop.*")]),
            ..Scope::default()
        },
    );
    host.kill_and_restart(Arc::new(NoFaults)).await;
    let before = flushes(&host, 0) + flushes(&host, 1);
    let detail = until(&host, &run, |detail| detail.run.ended_at.is_some()).await;
    assert!(
        detail.step_rows[0]
            .message
            .contains("its scope has tables = [\"shop.*\"]"),
        "{detail:#?}"
    );
    assert_eq!(flushes(&host, 0) + flushes(&host, 1), before);
    host.pass(310).await;
    let keys = host.open_keys();
    assert!(
        keys.contains(&"plugin-overstepped/asker.ask".to_owned()),
        "{keys:?}"
    );
}
