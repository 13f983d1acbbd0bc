//! Seeds of a scenario, told by the product as it is shipped, and what came of them all.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::workspace::{build_release, root};

/// What `ringkeeper simulate --format json` says of a seed.
#[derive(Deserialize)]
struct Row {
    seed: u64,
    passed: bool,
    end: String,
    virtual_seconds: u64,
    faults: u64,
    plans: u64,
    journal_writes: u64,
}

/// What came of all seeds.
#[derive(Debug, Default)]
pub(crate) struct Total {
    pub(crate) seeds: u64,
    pub(crate) virtual_time: Duration,
    pub(crate) faults: u64,
    /// Calls of plugins that made a plan, checks included.
    pub(crate) plans: u64,
    pub(crate) journal_writes: u64,
    /// Those that failed, and how they ended.
    pub(crate) failed: Vec<(u64, String)>,
    pub(crate) took: Duration,
}

impl Total {
    pub(crate) fn virtual_days(&self) -> f64 {
        self.virtual_time.as_secs_f64() / 86_400.0
    }

    /// So many in a second of ours.
    pub(crate) fn a_second(&self, count: u64) -> f64 {
        count as f64 / self.took.as_secs_f64().max(0.001)
    }

    fn add(&mut self, row: Row) {
        self.seeds += 1;
        self.virtual_time += Duration::from_secs(row.virtual_seconds);
        self.faults += row.faults;
        self.plans += row.plans;
        self.journal_writes += row.journal_writes;
        if !row.passed {
            eprintln!("seed {}: {}", row.seed, row.end);
            self.failed.push((row.seed, row.end));
        } else if self.seeds.is_multiple_of(100) {
            eprintln!("{} seeds, {} failed", self.seeds, self.failed.len());
        }
    }
}

/// Builds the product, and tells seeds until all are told or no time is left to begin one.
pub(crate) fn tell(scenario: &str, seeds: &str, limit: Option<&str>) -> Result<Total> {
    let mut command = Command::new(build_release()?);
    command
        .current_dir(root())
        .args(["simulate", scenario, "--seeds", seeds, "--format", "json"])
        .args(["--no-shrink", "--traces", "target/traces"])
        .stdout(Stdio::piped());
    if let Some(limit) = limit {
        command.args(["--for", limit]);
    }
    let started = Instant::now();
    let mut telling = command.spawn().context("cannot run the product")?;
    let rows = telling.stdout.take().context("the product says nothing")?;
    let mut total = Total::default();
    for line in BufReader::new(rows).lines() {
        total.add(serde_json::from_str(&line?).context("a row that cannot be read")?);
    }
    telling.wait()?;
    total.took = started.elapsed();
    total.failed.sort_unstable();
    ensure!(total.seeds > 0, "no seed was told");
    Ok(total)
}
