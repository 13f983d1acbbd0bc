//! `cargo xtask test`: every check and test, one after another, with what each part cost.

use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;

use crate::licences;
use crate::need::on_path;
use crate::package;
use crate::soak::SCENARIO;
use crate::workspace::{GUEST_MANIFESTS, captured, cargo, product, root, run as call, shown};

/// Where guests are checked for the host's own target; beside the product's artefacts, to be cleaned with them.
const GUEST_TARGET: &str = "target/guests-native";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what needs a real Cassandra
    #[arg(long)]
    quick: bool,
}

struct Part {
    name: &'static str,
    work: Work,
}

enum Work {
    Call(Command),
    /// Two calls at the same time, as both mostly wait for nodes to start. The second one's output comes when the first
    /// has ended, so that they do not mix.
    Beside(Command, Command),
    Licences,
    /// Packs what was built, and installs and removes it in a copy of this machine.
    Package,
    Skip(&'static str),
}

/// Runs the parts in order and stops at the first that fails.
pub(crate) fn run(options: Options) -> Result<ExitCode> {
    let mut done = Vec::new();
    for Part { name, work } in parts(options.quick) {
        println!("\n== {name}");
        let started = Instant::now();
        let result = match work {
            Work::Call(mut command) => {
                println!("{}", shown(&command));
                call(&mut command).map(|()| Some(started.elapsed()))
            }
            Work::Package => package::build_and_try(&product()).map(|()| Some(started.elapsed())),
            Work::Beside(first, second) => beside(first, second).map(|()| Some(started.elapsed())),
            Work::Licences => licences::check().map(|()| Some(started.elapsed())),
            Work::Skip(reason) => {
                println!("skipped: {reason}");
                Ok(None)
            }
        };
        match result {
            Ok(time) => done.push((name, time)),
            Err(error) => {
                print_table(&done);
                eprintln!("\nFAILED at {name}: {error:#}");
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    print_table(&done);
    println!("\nall parts passed");
    Ok(ExitCode::SUCCESS)
}

/// Where it can be, a call names the whole workspace: for a single package cargo would choose other features, and compile
/// much of the workspace a second time.
fn parts(quick: bool) -> Vec<Part> {
    let mut parts = vec![part("format", "fmt --all --check")];
    for manifest in GUEST_MANIFESTS {
        parts.push(part(
            "format, guests",
            &format!("fmt --all --check --manifest-path {manifest}"),
        ));
    }
    parts.push(Part {
        name: "licences and bans",
        work: Work::Licences,
    });
    parts.push(deny());
    parts.push(part(
        "clippy",
        "clippy --workspace --all-targets --locked -- -D warnings",
    ));
    for manifest in GUEST_MANIFESTS {
        let place = format!("--workspace --locked --manifest-path {manifest} --target-dir {GUEST_TARGET}");
        parts.push(part(
            "clippy, guests",
            &format!("clippy --all-targets {place} -- -D warnings"),
        ));
        parts.push(part("tests, guests", &format!("test {place}")));
    }
    parts.push(part(
        "tests",
        "test --workspace --exclude ringkeeper-suite --locked",
    ));
    // The suite runs the product as it is shipped: without the test guests that tests switch on. Built with the whole
    // workspace, it shares everything but that with the tests.
    parts.push(part("build the product", "build --workspace --bins --locked"));
    parts.push(part("suite, quick", "test --workspace --locked --test quick"));
    parts.push(Part {
        name: "package",
        work: package::lacks().map_or(Work::Package, Work::Skip),
    });
    parts.push(seeds());
    if !quick {
        // Built before, so that neither waits for the other's build.
        parts.push(part(
            "build the real tests",
            "test --workspace --locked --no-run --test cluster --test real",
        ));
        parts.push(Part {
            name: "lab and suite, real",
            work: Work::Beside(
                words("test --workspace --locked --test real"),
                words("test --workspace --locked --test cluster -- --ignored --test-threads=1"),
            ),
        });
    }
    parts
}

/// A call of cargo with these words.
fn part(name: &'static str, call: &str) -> Part {
    Part {
        name,
        work: Work::Call(words(call)),
    }
}

fn words(call: &str) -> Command {
    cargo(&call.split_whitespace().collect::<Vec<_>>())
}

/// Storms on simulated clusters, told by the product's own command: what it prints of a seed that fails is what a person
/// needs to see.
fn seeds() -> Part {
    let mut command = Command::new(product());
    command
        .current_dir(root())
        .args(["simulate", SCENARIO, "--seeds", "0..64"])
        .args(["--traces", "target/traces"]);
    Part {
        name: "seeds",
        work: Work::Call(command),
    }
}

/// Runs both at once and fails if either does; both are always awaited, as each ends the nodes it started.
fn beside(mut first: Command, mut second: Command) -> Result<()> {
    println!("{}\n{}", shown(&first), shown(&second));
    let other = thread::spawn(move || captured(&mut second));
    let one = call(&mut first);
    let (output, other) = other
        .join()
        .map_err(|_| anyhow::anyhow!("the thread beside it panicked"))??;
    print!("{output}");
    one.and(other)
}

/// Advisories and sources, with the tool of the trade, where it is installed. It is not required: it would have to be
/// compiled, and fetches a database over the network.
fn deny() -> Part {
    let name = "cargo-deny";
    let work = match on_path("cargo-deny") {
        Some(program) => {
            let mut command = Command::new(program);
            command
                .current_dir(root())
                .args(["--offline", "check", "bans", "licenses", "sources"]);
            Work::Call(command)
        }
        None => Work::Skip("cargo-deny is not installed; licences and bans are checked by the part before"),
    };
    Part { name, work }
}

/// Parts without a time were skipped.
fn print_table(done: &[(&str, Option<Duration>)]) {
    println!("\n{:<24} {:>8}", "part", "seconds");
    for (name, time) in done {
        let time = time.map_or("skipped".to_owned(), |time| format!("{:.1}", time.as_secs_f64()));
        println!("{name:<24} {time:>8}");
    }
    let total: Duration = done.iter().filter_map(|(_, time)| *time).sum();
    println!("{:<24} {:>8.1}", "total", total.as_secs_f64());
}
