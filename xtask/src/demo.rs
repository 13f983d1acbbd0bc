//! `cargo xtask demo`: the product at work, with nothing to set up by hand: on its own simulated cluster at once, or on a
//! real one in a few minutes.

mod down;
mod repair;
mod rows;
mod simulated;

use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;
use ringkeeper_lab::{Lab, LabSettings, Version, target_directory, wait_until};
use serde_json::Value;

use crate::configuration;
use crate::host::Host;
use crate::need::{self, Need};
use crate::workspace::{cargo, run as call};

const CLUSTER: &str = "demo";
const NODES: usize = 3;
const DEADLINE: Duration = Duration::from_secs(120);

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many times as fast as real time the simulated cluster goes
    #[arg(long, value_name = "TIMES", conflicts_with = "cassandra")]
    speed: Option<u32>,
    /// Write what happens line by line
    #[arg(long, conflicts_with = "cassandra")]
    plain: bool,
    /// Three real nodes of this Cassandra version on loopback instead
    #[arg(long, value_name = "VERSION")]
    cassandra: Option<Version>,
    /// Leave the real cluster and the host running until Ctrl-C
    #[arg(long, requires = "cassandra")]
    keep: bool,
}

/// What the machine must have for it.
pub(crate) fn needs(options: &Options) -> fn() -> Vec<Need> {
    match options.cassandra {
        Some(_) => need::all,
        None => need::to_build,
    }
}

/// Shows the product at work.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    match &options.cassandra {
        Some(version) => on_real_nodes(version, options.keep),
        None => simulated::run(options),
    }
}

/// Tells the story from beginning to end. Whatever it started ends with it, also when it is killed.
fn on_real_nodes(version: &Version, keep: bool) -> Result<ExitCode> {
    title("Building Ringkeeper");
    // At once with what writes and reads the rows of the story, so that what both need is built once.
    let packages = ["--package", "ringkeeper", "--package", rows::PROGRAM];
    call(&mut cargo(
        &[&["build", "--locked", "--bins"], &packages[..]].concat(),
    ))?;

    title("Starting three real Cassandra nodes on loopback");
    let started = Instant::now();
    let lab = Lab::start(LabSettings {
        version: version.clone(),
        hinted_handoff: false,
        ..LabSettings::default()
    })?;
    println!(
        "Cassandra {version}, three racks, ready after {}",
        seconds(started)
    );
    println!("Hinted handoff is off: what a node misses while it is down, it lacks until it is repaired.");

    title("Starting the host");
    let folder = target_directory().join("lab").join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let file = configuration::write(&folder, CLUSTER, &lab)?;
    println!("{}:\n\n{}", file.display(), fs::read_to_string(&file)?);
    let host = Host::start(&folder, &file)?;
    tell(&lab, &host).with_context(|| format!("the host's log ends with\n{}", host.last_words()))?;

    if keep {
        title("Everything keeps running until Ctrl-C");
        println!(
            "cargo run --package ringkeeper -- --config {} status",
            file.display()
        );
        loop {
            host.ensure_running()?;
            thread::sleep(Duration::from_secs(1));
        }
    }
    title("Stopping everything");
    host.stop()?;
    drop(lab);
    println!("done");
    Ok(ExitCode::SUCCESS)
}

fn tell(lab: &Lab, host: &Host) -> Result<()> {
    wait_until("the host's first look at all nodes", DEADLINE, || {
        host.ensure_running()?;
        let seen: usize = host.clusters().iter().map(count_nodes).sum();
        Ok((seen == NODES).then_some(()))
    })?;
    host.show(&["status"])?;
    down::tell(lab, host)?;
    repair::tell(lab, host)
}

fn count_nodes(cluster: &Value) -> usize {
    let centres = cluster.get("data_centers").and_then(Value::as_array);
    let nodes = |centre: &Value| centre.get("nodes").and_then(Value::as_array).map_or(0, Vec::len);
    centres.map_or(0, |centres| centres.iter().map(nodes).sum())
}

fn title(text: &str) {
    println!("\n== {text}");
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
