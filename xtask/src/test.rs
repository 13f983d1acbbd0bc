//! `cargo xtask test`: every check and test, one after another, with what each part cost.

use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::Args;

use crate::licences;
use crate::need::on_path;
use crate::package;
use crate::passed::Basis;
use crate::soak::STORM;
use crate::workspace::{GUEST_MANIFESTS, captured, cargo, product, root, run as call, shown};

/// Where guests are checked for the host's own target; beside the product's artefacts, to be cleaned with them.
const GUEST_TARGET: &str = "target/guests-native";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Leave out what needs a real Cassandra
    #[arg(long)]
    quick: bool,
    /// Also tell what passed before with the very same binaries and files
    #[arg(long)]
    again: bool,
}

struct Part {
    name: &'static str,
    work: Work,
    /// What it is told with, for parts that are long enough not to be told twice with the same.
    basis: Option<fn() -> Result<Basis>>,
}

/// What came of a part that did not fail.
enum Ended {
    After(Duration),
    /// It passed before, so long ago.
    Before(Duration),
    Skipped,
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
    for part in parts(options.quick) {
        let name = part.name;
        println!("\n== {name}");
        match part.tell(options.again) {
            Ok(ended) => done.push((name, ended)),
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

impl Part {
    fn tell(self, again: bool) -> Result<Ended> {
        let started = Instant::now();
        // Without a basis (no checkout, no git) it is told, as it is without a stamp.
        let basis = self.basis.and_then(|basis| basis().ok());
        if let Some(ago) = basis.as_ref().and_then(|basis| basis.passed(self.name))
            && !again
        {
            println!(
                "passed {} ago with the very same binaries and files; --again tells it anew",
                words_of(ago)
            );
            return Ok(Ended::Before(ago));
        }
        match self.work {
            Work::Call(mut command) => {
                println!("{}", shown(&command));
                call(&mut command)?;
            }
            Work::Package => package::build_and_try(&product())?,
            Work::Beside(first, second) => beside(first, second)?,
            Work::Licences => licences::check()?,
            Work::Skip(reason) => {
                println!("skipped: {reason}");
                return Ok(Ended::Skipped);
            }
        }
        if let Some(basis) = basis {
            basis.note(self.name)?;
        }
        Ok(Ended::After(started.elapsed()))
    }
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
        basis: None,
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
        basis: None,
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
            basis: Some(|| Basis::of_tests(&["cluster", "real"])),
        });
    }
    parts
}

/// A call of cargo with these words.
fn part(name: &'static str, call: &str) -> Part {
    Part {
        name,
        work: Work::Call(words(call)),
        basis: None,
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
        .args(["simulate", STORM, "--seeds", "0..64"])
        .args(["--traces", "target/traces"]);
    Part {
        name: "seeds",
        work: Work::Call(command),
        basis: Some(Basis::of_the_product),
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
    Part {
        name,
        work,
        basis: None,
    }
}

fn print_table(done: &[(&str, Ended)]) {
    println!("\n{:<24} {:>8}", "part", "seconds");
    let mut total = Duration::ZERO;
    for (name, ended) in done {
        let shown = match ended {
            Ended::After(time) => {
                total += *time;
                format!("{:.1}", time.as_secs_f64())
            }
            Ended::Before(ago) => format!("passed {} ago", words_of(*ago)),
            Ended::Skipped => "skipped".to_owned(),
        };
        println!("{name:<24} {shown:>8}");
    }
    println!("{:<24} {:>8.1}", "total", total.as_secs_f64());
}

/// A time as a person says it.
fn words_of(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}
