//! What can be typed after `simulate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ringkeeper_testkit::{Mutation, SeedRange};

#[derive(Debug, Args)]
pub(crate) struct SimulateArguments {
    /// Scenario file
    #[arg(required_unless_present = "replay")]
    pub(crate) scenario: Option<PathBuf>,
    /// Seeds, such as 0..64, or one, such as 7
    #[arg(long, value_name = "SEEDS", default_value = "0..64")]
    pub(crate) seeds: SeedRange,
    /// Begin no further seed after so long, such as 90s or 10m
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    pub(crate) limit: Option<Duration>,
    /// Seeds told at a time [default: one a core]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) jobs: Option<usize>,
    /// Also let faults strike that nobody could survive; then only invariants are judged, and no goals
    #[arg(long)]
    pub(crate) unfair: bool,
    /// Leave a safeguard of the host out, to see that the checks notice, such as guard.availability or host.undo; may be
    /// given several times
    #[arg(long, value_name = "SAFEGUARD", value_parser = mutation)]
    pub(crate) omit: Vec<Mutation>,
    /// Tell every seed twice, and fail where the two logs differ
    #[arg(long)]
    pub(crate) twice: bool,
    /// Do not look for fewer faults with which a failing seed still fails
    #[arg(long)]
    pub(crate) no_shrink: bool,
    /// Show all that happened in every story, not only the end of those that fail
    #[arg(long)]
    pub(crate) log: bool,
    /// Where traces of failing seeds go
    #[arg(long, value_name = "FOLDER", default_value = "traces")]
    pub(crate) traces: PathBuf,
    /// Replay a trace instead of a scenario's seeds
    #[arg(long, value_name = "TRACE", conflicts_with_all = ["scenario", "seeds", "limit", "unfair", "omit"])]
    pub(crate) replay: Option<PathBuf>,
}

fn mutation(text: &str) -> Result<Mutation, String> {
    Mutation::named(text).ok_or_else(|| {
        let known: Vec<String> = Mutation::every().map(|one| one.to_string()).collect();
        let near = ringkeeper_config::nearest(text, known.iter().map(String::as_str))
            .map(|nearest| format!("did you mean {nearest}? "));
        format!("{}known are: {}", near.unwrap_or_default(), known.join(", "))
    })
}

fn time(text: &str) -> Result<Duration, String> {
    ringkeeper_config::parse_time_span(text)
        .filter(|span| !span.is_zero())
        .ok_or_else(|| format!("`{text}` is no time; write it like 90s, 10m or 2h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_says_what_can() {
        assert_eq!(time("10m"), Ok(Duration::from_secs(600)));
        assert!(time("10").unwrap_err().contains("write it like"));
        assert!(time("0s").is_err());
        assert!(mutation("guard.leases").is_ok());
        assert!(
            mutation("guard.lease")
                .unwrap_err()
                .starts_with("did you mean guard.leases?")
        );
    }
}
