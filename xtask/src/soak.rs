//! `cargo xtask soak`: many more seeds than `test` tells, for as long as there is time.

mod fuzz;

use std::fs;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::seeds::{Total, tell};
use crate::workspace::root;

/// Two days and more of every fault, as `test` tells them.
pub(crate) const STORM: &str = "scenarios/storm.toml";
/// The same in eight hours, and so a fifth of the time to tell.
const SQUALL: &str = "scenarios/squall.toml";

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Seeds, such as 0..10000
    #[arg(long, value_name = "SEEDS", default_value = "0..10000")]
    seeds: String,
    /// The scenario
    #[arg(long, value_name = "FILE", default_value = SQUALL)]
    scenario: String,
    /// Begin no further seed after so long, such as 30m
    #[arg(long = "for", value_name = "TIME")]
    limit: Option<String>,
    /// Also write what came of it to docs/soak.md, or with --fuzz to docs/security.md
    #[arg(long)]
    write: bool,
    /// Instead of seeds: feed every reader of outside input with changed samples, each for so many seconds
    #[arg(long, value_name = "SECONDS")]
    fuzz: Option<u64>,
}

/// Fails if a seed does.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if let Some(seconds) = options.fuzz {
        return fuzz::run(seconds, options.write);
    }
    let scenario = &options.scenario;
    let total = tell(scenario, &options.seeds, options.limit.as_deref())?;
    let table = table(&total);
    println!("\n{table}");
    if options.write {
        let page = format!(
            "# The last soak\n\n`cargo xtask soak --write` tells as many seeds of `{scenario}` as it is asked for or has time for, and writes\nthis page. A seed that failed is told again by `ringkeeper simulate {scenario} --seeds SEED`.\n\n{table}"
        );
        fs::write(root().join("docs/soak.md"), page)?;
    }
    Ok(match total.failed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn table(total: &Total) -> String {
    let failed: String = total
        .failed
        .iter()
        .map(|(seed, end)| format!("- seed {seed}: {end}\n"))
        .collect();
    format!(
        "| seeds | virtual days | faults | plans | journal writes | minutes | failed |\n|---|---|---|---|---|---|---|\n| {} | {:.0} | {} | {} | {} | {:.1} | {} |\n{}{failed}",
        total.seeds,
        total.virtual_days(),
        total.faults,
        total.plans,
        total.journal_writes,
        total.took.as_secs_f64() / 60.0,
        total.failed.len(),
        if failed.is_empty() { "" } else { "\n" },
    )
}
