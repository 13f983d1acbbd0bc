//! The attacks.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_bundled::fixtures::{HOSTILE, LIAR, WORKER};
use ringkeeper_plan::{Attempt, Outcome, Plan};
use ringkeeper_sandbox::{
    CallContext, CallReport, Grants, Limits, LoadError, MemoryState, Plugin, PluginState, StateEntry,
    StateError, Stored,
};
use ringkeeper_seams::Timestamp;
use serde_json::{Value, json};

use super::components;
use crate::support::{EVERYTHING, context, hostile, request, roomy, sandbox, tight, title};
use crate::work::Obedient;

type Attack = Pin<Box<dyn Future<Output = String>>>;

/// Each attack with its name; it answers what stopped it.
pub(super) fn all() -> Vec<(&'static str, Attack)> {
    [
        in_its_exports(),
        of_resources(),
        of_answers(),
        of_files(),
        of_schemas(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn named(name: &'static str, attack: impl Future<Output = String> + 'static) -> (&'static str, Attack) {
    (name, Box::pin(attack))
}

fn in_its_exports() -> Vec<(&'static str, Attack)> {
    vec![
        named(
            "endless loop in its start-up code",
            load(components::started("(loop $l br $l)")),
        ),
        named("endless loop in `describe`", describing("spin")),
        named("endless loop in `plan`", planning("spin", tight())),
        named("endless loop in `execute`", executing("spin", tight())),
        named(
            "crash in its start-up code",
            load(components::started("unreachable")),
        ),
        named("crash in `describe`", describing("panic")),
        named("crash in `plan`", planning("panic", roomy())),
        named("crash in `execute`", executing("panic", roomy())),
        named("loop around waits in the host", waiting()),
    ]
}

fn of_resources() -> Vec<(&'static str, Attack)> {
    vec![
        named("memory bomb", planning("memory-bomb", roomy())),
        named("many memories", load(components::memories(65, 1))),
        named("a few large memories", load(components::memories(40, 32))),
        named("a table that grows", load(components::growing_table())),
        named("endless recursion", planning("deep-recursion", roomy())),
        named("host calls without end", planning("host-call-flood", tight())),
        named(
            "megabytes to the host, bit by bit",
            planning("host-byte-flood", roomy()),
        ),
        named(
            "megabytes to the host, at once",
            planning("huge-argument", roomy()),
        ),
        named("handles without end", hoarding()),
        named("log without end", flooding_the_log()),
        named("state that fills up", executing("fill-state", roomy())),
        named(
            "state that is written without end",
            executing("state-flood", roomy()),
        ),
    ]
}

fn of_answers() -> Vec<(&'static str, Attack)> {
    vec![
        named("a text of 9 MiB in its plan", lying("giant-answer")),
        named("10,001 findings", lying("too-many-findings")),
        named("50,001 steps", lying("too-many-steps")),
        named("a million steps", lying("a-million-steps")),
        named("10,001 nodes in a step", lying("too-many-nodes")),
        named("steps that wait for one another", lying("circle")),
        named("two steps of one id", lying("same-id-twice")),
        named("a step stronger than its operation", lying("too-strong")),
        named(
            "a step with a function it does not import",
            lying("function-of-another-plugin"),
        ),
        named("a node that is none", lying("no-node")),
        named("words that move a terminal's cursor", lying("terminal-escape")),
    ]
}

fn of_files() -> Vec<(&'static str, Attack)> {
    let half = HOSTILE[..HOSTILE.len() / 2].to_vec();
    let mut flipped = HOSTILE.to_vec();
    // Where its first section says what it is. In the midst of a constant it would be another component, as good as this
    // one; that is told by its signature.
    flipped[8] ^= 0xff;
    vec![
        named("a file cut in two", load(half)),
        named("a file with a flipped byte", load(flipped)),
        named("a file of 33 MiB", load(vec![0; 33 << 20])),
        named(
            "compile bomb: 60,001 functions",
            load(components::functions(60_001)),
        ),
        named(
            "compile bomb: a function of 600 kB",
            load(components::long_function(600_000)),
        ),
        named(
            "compile bomb: 40,000 variables in each of 100,000 functions",
            load(components::variables(100_000, 40_000)),
        ),
        named(
            "compile bomb: 1,000 loops inside of one another, around 10,000 variables",
            load(components::loops(1_000, 10_000)),
        ),
        named(
            "compile bomb: instances doubled thirty times",
            load(components::doubling(30)),
        ),
        named("an export name of 100 kB", load(components::long_name(100_000))),
        named("900 imports that no host has", load(components::imports(900))),
    ]
}

fn of_schemas() -> Vec<(&'static str, Attack)> {
    vec![
        named("a schema that leads back to itself", describing("circle")),
        named("a schema doubled thirty times", describing("doubles")),
        named("a schema with 5,000 large patterns", describing("patterns")),
        named("a schema nested 100,000 deep", describing("nests")),
        named("a schema of 1 MiB", describing("long")),
    ]
}

fn grants(capabilities: &[&str]) -> Grants {
    Grants::parse(capabilities).unwrap()
}

/// Why a file is not loaded.
async fn refused(bytes: Vec<u8>, capabilities: &[&str]) -> String {
    let loaded = sandbox()
        .load("fixture", bytes, &grants(capabilities), tight())
        .await;
    let error: LoadError = loaded.unwrap_err();
    assert!(
        error.to_string().len() < 8_000,
        "{} bytes of error",
        error.to_string().len()
    );
    error.to_string()
}

async fn load(bytes: Vec<u8>) -> String {
    refused(bytes, &EVERYTHING).await
}

/// Has the liar do something while it describes itself.
async fn describing(what: &str) -> String {
    refused(components::with_word(LIAR, what), &["state-write"]).await
}

/// What becomes of a call, in the host's words.
fn words<T>(report: &CallReport<T>) -> String {
    match &report.result {
        Ok(_) => panic!("nothing stopped it"),
        Err(error) => error.to_string(),
    }
}

async fn planning(behaviour: &str, limits: Limits) -> String {
    let request = request("hostile.misbehave", json!({ "behaviour": behaviour }));
    words(&hostile(limits).await.plan(context(), &request).await)
}

async fn lying(lie: &str) -> String {
    let plugin = sandbox()
        .load("fixture", LIAR, &grants(&["state-write"]), roomy())
        .await;
    words(
        &plugin
            .unwrap()
            .plan(context(), &request("liar.lie", json!(lie)))
            .await,
    )
}

async fn step_of(plugin: &Plugin, operation: &str, parameters: Value) -> Plan {
    let plan = plugin.plan(context(), &request(operation, parameters)).await;
    plan.result.unwrap().unwrap()
}

const FIRST: Attempt = Attempt {
    number: 1,
    first_started_at: Timestamp::from_millis(0),
};

async fn executing(behaviour: &str, limits: Limits) -> String {
    let plugin = hostile(limits).await;
    let parameters = json!({ "behaviour": behaviour, "in_a_step": true });
    let plan = step_of(&plugin, "hostile.misbehave", parameters).await;
    let report = plugin.execute(context(), &plan.steps[0], FIRST).await;
    match &report.result {
        Ok(Ok(Outcome::Done(told))) => format!("it is told: {told}"),
        _ => words(&report),
    }
}

async fn hoarding() -> String {
    let capabilities = ["repair", "repair-history", "tables", "node-state", "lifecycle"];
    let plugin = sandbox()
        .load("fixture", WORKER, &grants(&capabilities), roomy())
        .await
        .unwrap();
    let deed = json!({ "deed": { "hoard": 5_000 }, "in_a_step": true });
    let plan = step_of(&plugin, "worker.work", deed).await;
    let mut call = context();
    call.work = Arc::new(Obedient::default());
    words(&plugin.execute(call, &plan.steps[0], FIRST).await)
}

async fn flooding_the_log() -> String {
    let request = request("hostile.misbehave", json!({ "behaviour": "log-flood" }));
    let report = hostile(roomy()).await.plan(context(), &request).await;
    assert_eq!(title(&report), "flooded");
    let log = report
        .usage
        .beside(&roomy())
        .into_iter()
        .find(|it| it.what == "log")
        .unwrap();
    format!("nothing is kept beyond {}: {}", log.limit, log.used)
}

/// State that answers after a while, and so costs no time to compute.
#[derive(Debug, Default)]
struct Slow(MemoryState);

#[async_trait]
impl PluginState for Slow {
    async fn get(&self, key: &str) -> Result<Option<StateEntry>, StateError> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.0.get(key).await
    }

    async fn keys(&self, after: Option<&str>, most: usize) -> Result<Vec<String>, StateError> {
        self.0.keys(after, most).await
    }

    async fn put(&self, key: &str, value: Vec<u8>, expected: u64, room: u64) -> Result<Stored, StateError> {
        self.0.put(key, value, expected, room).await
    }

    async fn remove(&self, key: &str, expected: u64) -> Result<u64, StateError> {
        self.0.remove(key, expected).await
    }
}

async fn waiting() -> String {
    let limits = Limits {
        plan_wall: Duration::from_millis(500),
        ..roomy()
    };
    let call = CallContext::new("run-1", None, Arc::new(Slow::default()));
    let request = request("hostile.misbehave", json!({ "behaviour": "wait-for-ever" }));
    words(&hostile(limits).await.plan(call, &request).await)
}
