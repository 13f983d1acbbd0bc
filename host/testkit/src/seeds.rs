//! Many seeds, on as many threads as are given: one seed is one thread, one runtime, one story.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use ringkeeper_config::Scenario;
use thiserror::Error;

use crate::outcome::{End, Outcome};
use crate::story::{Options, Story, tell};

/// Seeds to tell: `0..64`, or one, `7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedRange(pub Range<u64>);

/// Why a range of seeds is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SeedRangeError {
    /// It does not read as one.
    #[error("`{0}` is no range of seeds; write 0..64 for the first 64, or 7 for that one")]
    Unreadable(String),
    /// It has no seed.
    #[error("`{0}` has no seed; the second number must be greater than the first")]
    Empty(String),
}

impl FromStr for SeedRange {
    type Err = SeedRangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || SeedRangeError::Unreadable(text.to_owned());
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| unreadable());
        let range = match text.split_once("..") {
            Some((from, to)) => number(from)?..number(to)?,
            None => {
                let only = number(text)?;
                only..only.checked_add(1).ok_or_else(unreadable)?
            }
        };
        if range.is_empty() {
            return Err(SeedRangeError::Empty(text.to_owned()));
        }
        Ok(Self(range))
    }
}

impl fmt::Display for SeedRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.0.start, self.0.end)
    }
}

/// What became of one seed.
#[derive(Debug)]
pub struct SeedResult {
    /// The story.
    pub story: Story,
    /// What came of it. Of one that passed the log is left out where the options do not keep it.
    pub outcome: Outcome,
}

/// Tells the stories of all seeds with `jobs` of them at a time, and hands every result to `told` as it comes. `told`
/// answers whether to go on. No seed is begun once `until_told` says stop.
pub fn run_seeds(
    scenario: &Arc<Scenario>,
    seeds: &SeedRange,
    jobs: usize,
    options: &Options,
    is_time_up: impl Fn() -> bool + Sync,
    mut told: impl FnMut(SeedResult) -> bool,
) -> Duration {
    let next = AtomicU64::new(seeds.0.start);
    let stop = AtomicBool::new(false);
    let mut total = Duration::ZERO;
    std::thread::scope(|scope| {
        let (send, results) = mpsc::channel();
        for _ in 0..jobs.max(1) {
            let send = send.clone();
            let (next, stop, is_time_up) = (&next, &stop, &is_time_up);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.0.end || stop.load(Ordering::Relaxed) || is_time_up() {
                        return;
                    }
                    let story = Story::of_seed(Arc::clone(scenario), seed, options.clone());
                    let mut outcome = tell(&story);
                    if outcome.end == End::Passed && !story.options.keeps_log {
                        outcome.log.clear();
                    }
                    if send.send(SeedResult { story, outcome }).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        for result in results {
            total += result.outcome.told;
            if !told(result) {
                stop.store(true, Ordering::Relaxed);
            }
        }
    });
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_or_one() {
        assert_eq!("0..64".parse(), Ok(SeedRange(0..64)));
        assert_eq!("7".parse(), Ok(SeedRange(7..8)));
        for (text, error) in [
            (
                "",
                "`` is no range of seeds; write 0..64 for the first 64, or 7 for that one",
            ),
            (
                "1-3",
                "`1-3` is no range of seeds; write 0..64 for the first 64, or 7 for that one",
            ),
            (
                "5..5",
                "`5..5` has no seed; the second number must be greater than the first",
            ),
        ] {
            assert_eq!(text.parse::<SeedRange>().unwrap_err().to_string(), error);
        }
    }
}
