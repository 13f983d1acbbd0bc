//! `cargo xtask soak --fuzz SECONDS`: changed samples for every reader of outside input, for longer than `test` has.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::workspace::{cargo, root, run as call};

/// Tests that feed a reader have this in their name.
const NAME: &str = "fuzz";
const SECONDS: &str = "RINGKEEPER_FUZZ_SECONDS";
const REPORT: &str = "RINGKEEPER_FUZZ_REPORT";
const BEGIN: &str = "<!-- fuzz -->\n";
const END: &str = "<!-- end of fuzz -->";

/// Fails if any reader does.
pub(super) fn run(seconds: u64, write: bool) -> Result<ExitCode> {
    let folder = ringkeeper_lab::target_directory().join("fuzz-report");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let words = "test --workspace --exclude ringkeeper-suite --locked --no-fail-fast --lib --";
    let mut tests = cargo(&words.split_whitespace().chain([NAME]).collect::<Vec<_>>());
    tests.env(SECONDS, seconds.to_string()).env(REPORT, &folder);
    let told = call(&mut tests);
    let table = table(&folder)?;
    println!("\n{table}");
    told?;
    if write {
        let path = root().join("docs/security.md");
        let page = fs::read_to_string(&path)?;
        let page = between(&page, &table).context("docs/security.md has no marks for fuzz")?;
        fs::write(path, page)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(folder: &std::path::Path) -> Result<String> {
    let mut rows = Vec::new();
    for file in fs::read_dir(folder)? {
        let text = fs::read_to_string(file?.path())?;
        let row: Vec<&str> = text.trim_end().split('\t').collect();
        ensure!(row.len() == 3, "a report that cannot be read: {text}");
        rows.push(format!("| {} |\n", row.join(" | ")));
    }
    rows.sort_unstable();
    Ok(format!(
        "| reader of | cases | seconds |\n|---|---:|---:|\n{}",
        rows.concat()
    ))
}

fn between(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{table}{END}{after}"))
}
