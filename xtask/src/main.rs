//! The project's own commands, as `cargo xtask COMMAND`.
//!
//! The picture to keep in mind: a thin hand on tools that exist anyway. It sets up what is missing on the machine, then runs
//! cargo, the product's own binary and the lab, and says what each part cost. It knows nothing of the product but its
//! command line and its configuration file, so it compiles in seconds and still runs when the product does not compile.
#![expect(
    clippy::disallowed_methods,
    reason = "these commands wait for real processes in real time and are never part of a simulation"
)]

mod bench;
mod configuration;
mod demo;
mod doctor;
mod host;
mod lab;
mod licences;
mod need;
mod package;
mod passed;
mod seeds;
mod setup;
mod soak;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "The project's own commands"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up what is missing, build, and show the product at work, on a simulated cluster or a real one
    Demo(demo::Options),
    /// Set up what is missing, then run every check and test
    Test(test::Options),
    /// Tell many more seeds than the tests do
    Soak(soak::Options),
    /// Run benchmarks with their baselines
    Bench(bench::Options),
    /// Keep a real Cassandra cluster on loopback
    #[command(subcommand)]
    Lab(lab::Command),
    /// Make a Debian package
    Package(package::Options),
    /// Say what this machine has and what it lacks
    Doctor,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(options) => setup::then(demo::needs(&options), || demo::run(&options)),
        Command::Test(options) => setup::then(need::all, || test::run(options)),
        Command::Soak(options) => soak::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Lab(command) => lab::run(command),
        Command::Package(options) => package::run(&options),
        Command::Doctor => Ok(doctor::run()),
    }
}
