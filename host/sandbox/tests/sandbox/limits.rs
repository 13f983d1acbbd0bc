//! Every way to take too much ends with one clear error, and with what was used beside what might have been.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_plan::Attempt;
use ringkeeper_sandbox::{
    CallContext, CallError, LimitExceeded, Limits, PluginState, StateEntry, StateError, Stored,
};
use ringkeeper_seams::Timestamp;
use serde_json::json;

use crate::support::{context, hostile, misbehave, request, roomy, tight, title};

async fn error_of(behaviour: &str, limits: Limits) -> CallError {
    misbehave(behaviour, limits).await.result.unwrap_err()
}

#[tokio::test]
async fn a_guest_that_computes_for_ever_is_cut_at_its_cpu_time() {
    let report = misbehave("spin", tight()).await;
    insta::assert_snapshot!(report.result.unwrap_err(), @"used up its 500ms of CPU time");
    assert_eq!(report.usage.cpu, Duration::from_millis(500));
}

#[tokio::test]
async fn a_guest_that_calls_the_host_for_ever_is_cut_at_its_cpu_time() {
    insta::assert_snapshot!(error_of("host-call-flood", tight()).await, @"used up its 500ms of CPU time");
}

#[tokio::test]
async fn a_guest_that_takes_memory_for_ever_is_refused_more() {
    let report = misbehave("memory-bomb", roomy()).await;
    let error = report.result.unwrap_err();
    assert!(
        matches!(
            error,
            CallError::Limit {
                exceeded: LimitExceeded::Memory { .. },
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error.to_string().ends_with("of memory; the limit is 64 MiB"),
        "{error}"
    );
    assert!(report.usage.memory_bytes <= 64 << 20, "{:?}", report.usage);
    assert!(report.usage.memory_bytes > 48 << 20, "{:?}", report.usage);
}

#[tokio::test]
async fn a_panic_comes_with_its_text_and_line() {
    let error = error_of("panic", roomy()).await.to_string();
    assert!(
        error.starts_with("crashed: wasm `unreachable` instruction executed; its last error: panicked at "),
        "{error}"
    );
    assert!(error.contains("behaviour.rs:"), "{error}");
    assert!(error.ends_with("the ring has no end"), "{error}");
}

#[tokio::test]
async fn a_guest_that_calls_itself_for_ever_runs_out_of_stack() {
    insta::assert_snapshot!(error_of("deep-recursion", roomy()).await, @"called itself too deeply: its stack has 512 KiB");
}

#[tokio::test]
async fn a_flooded_log_keeps_its_beginning_and_counts_the_rest() {
    let report = misbehave("log-flood", roomy()).await;
    assert_eq!(title(&report), "flooded");
    assert!(report.usage.log_bytes <= 64 << 10, "{:?}", report.usage);
    assert_eq!(report.log.len() as u64 + report.usage.log_lines_dropped, 20_000);
    assert_eq!(report.log[0].message, "line 0");
}

#[tokio::test]
async fn a_panic_is_told_even_when_the_log_is_full() {
    let error = error_of("log-flood-and-panic", roomy()).await.to_string();
    assert!(error.ends_with("flooded"), "{error}");
}

#[tokio::test]
async fn a_guest_may_hand_only_so_much_to_the_host() {
    insta::assert_snapshot!(error_of("host-byte-flood", roomy()).await, @"handed more than 8 MiB to the host");
}

#[tokio::test]
async fn one_huge_argument_is_refused_before_it_is_copied() {
    insta::assert_snapshot!(error_of("huge-argument", roomy()).await, @"handed more than 8 MiB to the host");
}

/// State that never answers.
#[derive(Debug)]
struct Stuck;

#[async_trait]
impl PluginState for Stuck {
    async fn get(&self, _: &str) -> Result<Option<StateEntry>, StateError> {
        std::future::pending().await
    }

    async fn keys(&self, _: Option<&str>, _: usize) -> Result<Vec<String>, StateError> {
        std::future::pending().await
    }

    async fn put(&self, _: &str, _: Vec<u8>, _: u64, _: u64) -> Result<Stored, StateError> {
        std::future::pending().await
    }

    async fn remove(&self, _: &str, _: u64) -> Result<u64, StateError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_guest_that_waits_in_the_host_is_cut_at_its_wall_time() {
    let plugin = hostile(Limits {
        plan_wall: Duration::from_millis(300),
        ..roomy()
    })
    .await;
    let call = CallContext::new("run-1", None, Arc::new(Stuck));
    let report = plugin
        .plan(
            call,
            &request("hostile.misbehave", json!({ "behaviour": "wait" })),
        )
        .await;
    insta::assert_snapshot!(report.result.unwrap_err(), @"did not end within 300ms");
    assert!(
        report.usage.cpu <= Duration::from_millis(100),
        "waiting is no computing: {:?}",
        report.usage
    );
    assert!(
        report.usage.wall >= Duration::from_millis(300),
        "{:?}",
        report.usage
    );
}

#[tokio::test]
async fn state_is_bounded_and_the_guest_is_told() {
    let plugin = hostile(roomy()).await;
    let plan = plugin
        .plan(
            context(),
            &request(
                "hostile.misbehave",
                json!({ "behaviour": "fill-state", "in_a_step": true }),
            ),
        )
        .await;
    let step = &plan.result.unwrap().unwrap().steps[0];
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    let report = plugin.execute(context(), step, attempt).await;
    let done = format!("{:?}", report.result.unwrap().unwrap());
    assert!(done.contains("10 entries, then: Error::Invalid"), "{done}");
    assert!(report.usage.state_bytes.unwrap() <= 1 << 20, "{:?}", report.usage);
}

#[tokio::test]
async fn every_limit_is_shown_beside_its_use() {
    let report = misbehave("log-flood", roomy()).await;
    let shown: Vec<_> = report
        .usage
        .beside(&roomy())
        .into_iter()
        .map(|it| format!("{} of {}", it.what, it.limit))
        .collect();
    assert_eq!(
        shown,
        [
            "memory of 64 MiB",
            "cpu of 60s",
            "wall of 120s",
            "host call bytes of 8 MiB",
            "handles of 4096",
            "log of 64 KiB",
            "state of 1 MiB",
        ]
    );
}
