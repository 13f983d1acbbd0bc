//! The most code that is let through, and what compiling it takes.

use std::time::Duration;

use ringkeeper_sandbox::{Grants, Limits, LoadError, Sandbox, SandboxSettings};
use ringkeeper_seams::{Clock as _, Seams, SystemClock};

use super::components;

fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap()
        .to_owned()
}

/// Loads it as a host does, without what was compiled before.
async fn compiled(what: &str, bytes: Vec<u8>) {
    let settings = SandboxSettings {
        // A busy machine is slow.
        compile_limit: Duration::from_secs(300),
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, Seams::production().unwrap()).unwrap();
    let begin = SystemClock.monotonic();
    let size = bytes.len();
    let error = sandbox
        .load("a test", bytes, &Grants::none(), Limits::default())
        .await
        .unwrap_err();
    println!(
        "{what}: {size} bytes, {:?}, {}: {error}",
        SystemClock.monotonic() - begin,
        most_memory()
    );
    // It is no plugin, which is seen once it is compiled.
    assert!(matches!(error, LoadError::WrongWorld(_)), "{error}");
}

#[tokio::test]
async fn the_most_code_that_is_let_through_is_compiled() {
    let _alone = super::ALONE.lock().await;
    compiled("functions", components::functions(59_900)).await;
    compiled("a long function", components::long_function(520_000)).await;
    compiled("variables", components::variables_in(400, 10_000)).await;
    compiled("loops", components::loops(100, 2_400)).await;
}
