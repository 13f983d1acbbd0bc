//! `cargo xtask bench`: benchmarks with their baselines, as a table.

use std::fmt::Write as _;
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::seeds::tell;
use crate::workspace::{build_release, cargo, root};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only this benchmark: plugin-call, guard, sweep, sweep-1000, start, repair, agent or simulate
    name: Option<String>,
    /// Also write the table to docs/benchmarks.md and the rows to docs/benchmarks.json
    #[arg(long)]
    write: bool,
}

/// One measured thing beside what it is measured against.
#[derive(Debug, Serialize, Deserialize)]
struct Row {
    name: String,
    what: String,
    /// Of both values: ms, MiB, …
    unit: String,
    value: f64,
    baseline: Option<String>,
    baseline_value: Option<f64>,
    goal: String,
}

/// Runs the benchmarks, built as the product is shipped.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let wants = |name: &str| options.name.as_deref().is_none_or(|wanted| wanted == name);
    let mut rows = Vec::new();
    if wants("plugin-call") {
        rows.extend(rows_of(&[
            "bench",
            "--locked",
            "--package",
            "ringkeeper-sandbox",
            "--bench",
            "plugin_call",
        ])?);
    }
    if wants("guard") {
        rows.extend(rows_of(&[
            "bench",
            "--locked",
            "--package",
            "ringkeeper-guard",
            "--bench",
            "guard",
        ])?);
    }
    if ["sweep", "sweep-1000", "start", "repair", "agent"]
        .into_iter()
        .any(wants)
    {
        build_release()?;
        let mut arguments = vec![
            "run",
            "--release",
            "--locked",
            "--package",
            "ringkeeper-suite",
            "--bin",
            "bench",
            "--",
        ];
        arguments.extend(options.name.as_deref());
        rows.extend(rows_of(&arguments)?);
    }
    if wants("simulate") {
        rows.push(simulate()?);
    }
    if rows.is_empty() {
        bail!(
            "there is no such benchmark; there are plugin-call, guard, sweep, sweep-1000, start, repair, agent and simulate"
        );
    }
    let table = table(&rows);
    println!("\n{table}");
    if options.write {
        let page = format!(
            "# Benchmarks\n\nEach row is measured beside its baseline in one run of `cargo xtask bench --write`. Times are medians. Figures\nof other machines differ; the ratios should not.\n\n{table}"
        );
        std::fs::write(root().join("docs/benchmarks.md"), page)?;
        std::fs::write(
            root().join("docs/benchmarks.json"),
            serde_json::to_string_pretty(&rows)? + "\n",
        )?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Two weeks of nine nodes, a hundred times, with everything that production does.
fn simulate() -> Result<Row> {
    let total = tell("scenarios/fortnight.toml", "0..100", None)?;
    if !total.failed.is_empty() {
        bail!("{} seeds failed", total.failed.len());
    }
    Ok(Row {
        name: "simulate".to_owned(),
        what: format!(
            "{} seeds of 14 virtual days, 3 racks of 3 nodes: {:.0} plans/s, {:.0} journal writes/s, {:.0} times real time",
            total.seeds,
            total.a_second(total.plans),
            total.a_second(total.journal_writes),
            total.virtual_time.as_secs_f64() / total.took.as_secs_f64(),
        ),
        unit: "ms".to_owned(),
        value: total.took.as_secs_f64() * 1_000.0,
        baseline: None,
        baseline_value: None,
        goal: "<= 120,000 ms on 2 cores".to_owned(),
    })
}

fn rows_of(arguments: &[&str]) -> Result<Vec<Row>> {
    let done = cargo(arguments)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !done.status.success() {
        bail!("the benchmark failed");
    }
    let text = String::from_utf8(done.stdout)?;
    let rows = text
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(serde_json::from_str);
    rows.collect::<Result<_, _>>()
        .context("a row that cannot be read")
}

fn table(rows: &[Row]) -> String {
    let mut table =
        "| benchmark | what | measured | baseline | ratio | goal |\n|---|---|---|---|---|---|\n".to_owned();
    for row in rows {
        let Row {
            name,
            what,
            unit,
            value,
            goal,
            ..
        } = row;
        let (baseline, ratio) = match (&row.baseline, row.baseline_value) {
            (Some(named), Some(than)) => (
                format!("{named}: {than:.2} {unit}"),
                format!("{:.2}", value / than),
            ),
            _ => (String::new(), String::new()),
        };
        let _ = writeln!(
            table,
            "| {name} | {what} | {value:.2} {unit} | {baseline} | {ratio} | {goal} |"
        );
    }
    table
}
