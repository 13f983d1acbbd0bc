//! Seeds of a scenario, told by the product as it is shipped, and what came of them all.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::thread;
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
///
/// A process a core: instances of plugins come and go all the time, and the threads of one process would wait for each
/// other's mappings of memory. That is a quarter of the time.
pub(crate) fn tell(scenario: &str, seeds: &str, limit: Option<&str>) -> Result<Total> {
    let program = build_release()?;
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let (told, rows) = mpsc::channel();
    let started = Instant::now();
    let tellers = shares(seeds, cores).into_iter().map(|share| {
        let mut command = Command::new(&program);
        command
            .current_dir(root())
            .args(["simulate", scenario, "--seeds", &share, "--jobs", "1"])
            .args(["--format", "json", "--no-shrink", "--traces", "target/traces"]);
        if let Some(limit) = limit {
            command.args(["--for", limit]);
        }
        let told = told.clone();
        thread::spawn(move || pass_on(command, &told))
    });
    let tellers: Vec<_> = tellers.collect();
    drop(told);
    let mut total = Total::default();
    for row in rows {
        total.add(row);
    }
    for teller in tellers {
        teller
            .join()
            .map_err(|_| anyhow::anyhow!("a thread that tells seeds panicked"))??;
    }
    total.took = started.elapsed();
    total.failed.sort_unstable();
    ensure!(total.seeds > 0, "no seed was told");
    Ok(total)
}

/// Runs the product, and hands over what it says of each seed.
fn pass_on(mut command: Command, told: &Sender<Row>) -> Result<()> {
    let mut telling = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run the product")?;
    let rows = telling.stdout.take().context("the product says nothing")?;
    for line in BufReader::new(rows).lines() {
        let row = serde_json::from_str(&line?).context("a row that cannot be read")?;
        told.send(row).context("nobody listens")?;
    }
    let ended = telling.wait()?;
    // As it ends where all seeds were told, whatever came of them: see docs/simulation.md.
    ensure!(
        matches!(ended.code(), Some(0 | 1 | 100 | 102 | 103)),
        "the product told not all of its seeds: {ended}"
    );
    Ok(())
}

/// So many pieces of a range such as `0..100`, or what else it is as it is.
fn shares(seeds: &str, count: u64) -> Vec<String> {
    let range = seeds
        .split_once("..")
        .and_then(|(first, end)| Some((first.parse::<u64>().ok()?, end.parse::<u64>().ok()?)));
    let Some((first, end)) = range.filter(|(first, end)| first + count <= *end) else {
        return vec![seeds.to_owned()];
    };
    let border = |share: u64| first + (end - first) * share / count;
    (0..count)
        .map(|share| format!("{}..{}", border(share), border(share + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn every_seed_is_told_once() {
        assert_eq!(shares("0..64", 2), ["0..32", "32..64"]);
        assert_eq!(shares("7..18", 3), ["7..10", "10..14", "14..18"]);
        assert_eq!(shares("0..1", 2), ["0..1"]);
        assert_eq!(shares("7", 2), ["7"]);
    }
}
