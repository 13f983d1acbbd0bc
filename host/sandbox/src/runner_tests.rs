use std::sync::Arc;

use wasmtime::component::{Component, Linker};

use super::*;
use crate::sandbox::SandboxSettings;

fn runner(interruption: Interruption) -> Runner {
    let settings = SandboxSettings {
        interruption,
        ..SandboxSettings::default()
    };
    let seams = Seams::simulation(1, ringkeeper_seams::Timestamp::default());
    Runner {
        engine: crate::engine::start(&settings).unwrap(),
        interruption,
        seams,
    }
}

fn terms() -> Terms {
    Terms {
        context: Some(CallContext::new(
            "run-1",
            None,
            Arc::new(crate::MemoryState::default()),
        )),
        attempt: 0,
        randomness: "test".to_owned(),
        limits: Limits::default(),
        wall: Duration::from_secs(60),
    }
}

/// What instantiating this component ends with.
async fn instantiate(text: &str) -> Result<u64, CallError> {
    let runner = runner(Interruption::Fuel);
    let mut store = runner.store(Phase::Plan, terms()).unwrap();
    let component = Component::new(&runner.engine, wat::parse_str(text).unwrap()).unwrap();
    match Linker::new(&runner.engine)
        .instantiate_async(&mut store, &component)
        .await
    {
        Ok(_) => Ok(store.data().meter.memory_bytes()),
        Err(error) => Err(classify(&error, store.data())),
    }
}

#[tokio::test(start_paused = true)]
async fn memories_are_summed_over_all_modules_of_a_component() {
    let module = "(component (core module $m (memory 640)) (core instance (instantiate $m))";
    assert_eq!(instantiate(&format!("{module})")).await, Ok(40 << 20));
    let two = format!("{module} (core instance (instantiate $m)))");
    insta::assert_snapshot!(instantiate(&two).await.unwrap_err(), @"wanted 80 MiB of memory; the limit is 64 MiB");
}

#[tokio::test(start_paused = true)]
async fn tables_count_as_memory() {
    let table = "(component (core module $m (table 9000000 funcref)) (core instance (instantiate $m)))";
    insta::assert_snapshot!(instantiate(table).await.unwrap_err(), @"wanted 68.6 MiB of memory; the limit is 64 MiB");
}

#[tokio::test(start_paused = true)]
async fn a_module_that_starts_by_computing_for_ever_is_cut() {
    let spin = "(component
        (core module $m (func $f (loop br 0)) (start $f))
        (core instance (instantiate $m)))";
    insta::assert_snapshot!(instantiate(spin).await.unwrap_err(), @"used up its 5s of CPU time");
}

#[tokio::test(start_paused = true)]
async fn a_crash_is_named_by_its_kind() {
    let crash = "(component
        (core module $m (func $f (drop (i32.div_s (i32.const 1) (i32.const 0)))) (start $f))
        (core instance (instantiate $m)))";
    insta::assert_snapshot!(instantiate(crash).await.unwrap_err(), @"crashed: integer divide by zero");
}
