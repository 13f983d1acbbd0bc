//! In a simulation the same call does the same twice, to the instruction.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_plan::{Plan, Refusal};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Interruption, Limits, MemoryState, Plugin, Sandbox, SandboxSettings,
};
use ringkeeper_seams::{Seams, Timestamp};
use serde_json::json;

use crate::support::{EVERYTHING, request, snapshot, title};

async fn simulated(seed: u64) -> Plugin {
    let seams = Seams::simulation(seed, Timestamp::from_millis(1_772_366_400_000));
    let settings = SandboxSettings {
        interruption: Interruption::Fuel,
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, seams).unwrap();
    let limits = Limits {
        cpu: Duration::from_millis(50),
        ..Limits::default()
    };
    sandbox
        .load(
            "fixture",
            ringkeeper_bundled::fixtures::HOSTILE,
            &Grants::parse(EVERYTHING).unwrap(),
            limits,
        )
        .await
        .unwrap()
}

async fn plan(plugin: &Plugin, behaviour: &str) -> CallReport<Result<Plan, Refusal>> {
    let call = CallContext::new("run-1", Some(snapshot().await), Arc::new(MemoryState::default()));
    plugin
        .plan(
            call,
            &request("hostile.misbehave", json!({ "behaviour": behaviour })),
        )
        .await
}

#[tokio::test(start_paused = true)]
async fn the_same_call_uses_and_answers_the_same_twice() {
    let plugins = [simulated(7).await, simulated(7).await];
    for behaviour in ["look", "draw", "spin", "memory-bomb", "panic", "log-flood"] {
        let [one, other] = [
            plan(&plugins[0], behaviour).await,
            plan(&plugins[1], behaviour).await,
        ];
        assert_eq!(one.result, other.result, "{behaviour}");
        assert_eq!(one.usage, other.usage, "{behaviour}");
        assert_eq!(one.log, other.log, "{behaviour}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endless_loop_ends_at_its_last_instruction() {
    let report = plan(&simulated(7).await, "spin").await;
    insta::assert_snapshot!(report.result.unwrap_err(), @"used up its 50ms of CPU time");
    assert_eq!(report.usage.cpu, Duration::from_millis(50));
    assert_eq!(
        report.usage.wall,
        Duration::ZERO,
        "no time passes while a guest computes"
    );
}

#[tokio::test(start_paused = true)]
async fn another_seed_draws_other_numbers() {
    let (one, other) = (
        plan(&simulated(7).await, "draw").await,
        plan(&simulated(8).await, "draw").await,
    );
    assert_ne!(title(&one), title(&other));
}
