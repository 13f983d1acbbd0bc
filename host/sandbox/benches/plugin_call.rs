//! `plugin-call`: plan and execute of a plugin that does nothing, beside two bare wasmtime instantiations and calls.
//!
//! Prints one row of JSON; `cargo xtask bench plugin-call` makes a table of it.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_bundled::fixtures;
use ringkeeper_plan::{Attempt, Cause, Impact, Request, Step};
use ringkeeper_sandbox::{CallContext, Grants, Limits, MemoryState, Plugin, Sandbox, SandboxSettings};
use ringkeeper_seams::{Clock as _, Seams, SystemClock, Timestamp};
use wasmtime::component::{Component, InstancePre, Linker, Val};
use wasmtime::{Config, Engine, Store};

const ROUNDS: usize = 400;

fn main() {
    let idle = fixtures::ALL.iter().find(|(name, _)| *name == "idle").unwrap().1;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (engine, bare) = bare(idle);
    let plugin = runtime.block_on(load(idle));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // Turn and turn about, so that whatever else the machine does falls on both.
    for _ in 0..ROUNDS {
        theirs.push(timed(|| {
            call_bare(&engine, &bare);
            call_bare(&engine, &bare);
        }));
        ours.push(timed(|| runtime.block_on(plan_and_execute(&plugin))));
    }
    let row = serde_json::json!({
        "name": "plugin-call",
        "what": "plan + execute of an empty operation in the sandbox",
        "unit": "ms",
        "value": median(ours),
        "baseline": "two bare wasmtime instantiations + calls",
        "baseline_value": median(theirs),
        "goal": "<= 2x",
    });
    println!("{row}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = SystemClock.monotonic();
    work();
    SystemClock.monotonic() - start
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).unwrap().as_secs_f64() * 1_000.0
}

fn bare(component: &[u8]) -> (Engine, InstancePre<()>) {
    let engine = Engine::new(Config::new().concurrency_support(false)).unwrap();
    let component = Component::new(&engine, component).unwrap();
    let mut linker = Linker::new(&engine);
    linker.define_unknown_imports_as_traps(&component).unwrap();
    let pre = linker.instantiate_pre(&component).unwrap();
    (engine, pre)
}

fn call_bare(engine: &Engine, pre: &InstancePre<()>) {
    let mut store = Store::new(engine, ());
    let instance = pre.instantiate(&mut store).unwrap();
    let interface = instance
        .get_export_index(&mut store, None, "ringkeeper:maintenance/maintenance@0.1.0")
        .unwrap();
    let describe = instance
        .get_export_index(&mut store, Some(&interface), "describe")
        .unwrap();
    let describe = instance.get_func(&mut store, describe).unwrap();
    let mut answer = [Val::Bool(false)];
    describe.call(&mut store, &[], &mut answer).unwrap();
}

async fn load(component: &[u8]) -> Plugin {
    let sandbox = Sandbox::new(SandboxSettings::default(), Seams::production().unwrap()).unwrap();
    sandbox
        .load("idle", component, &Grants::none(), Limits::default())
        .await
        .unwrap()
}

async fn plan_and_execute(plugin: &Plugin) {
    let context = || CallContext::new("bench", None, Arc::new(MemoryState::default()));
    let request = Request {
        operation: "idle.wait".to_owned(),
        parameters: serde_json::json!({}),
        settings: serde_json::json!({}),
        cause: Cause::Person,
        already_done: Vec::new(),
    };
    plugin.plan(context(), &request).await.result.unwrap().unwrap();
    let step = Step {
        id: "nothing".to_owned(),
        title: "nothing".to_owned(),
        reason: "a benchmark".to_owned(),
        nodes: Vec::new(),
        impact: Impact::Observe,
        functions: Vec::new(),
        after: Vec::new(),
        estimate_seconds: None,
        estimate_bytes: None,
        body: "{}".to_owned(),
    };
    let attempt = Attempt {
        number: 1,
        first_started_at: Timestamp::default(),
    };
    // An operation without steps has nothing to execute and says so; the way there and back is what is timed.
    let answer = plugin.execute(context(), &step, attempt).await.result.unwrap();
    assert!(answer.is_err());
}
