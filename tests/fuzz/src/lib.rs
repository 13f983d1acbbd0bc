//! Feeds readers of outside input with good samples that were changed, and with noise.
//!
//! A target is a name, some samples and a function that reads. It must come to an end soon, must not panic, and must say
//! why it refused what it refused. A test tells a thousand cases, the same ones each time, or as many as three seconds have room for; `cargo xtask soak --fuzz TIME`
//! tells new ones of each target for so long. An input that broke something is made as small as it can be and shown; it
//! becomes a test of its own beside its reader.
#![expect(clippy::panic, reason = "this is for tests, and tests fail by panicking")]

mod change;

use std::cell::Cell;
use std::env;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// Seconds for which each target is fed; without it, [`CASES`] cases are told.
pub const SECONDS: &str = "RINGKEEPER_FUZZ_SECONDS";
/// A folder into which each target writes how many cases it was told.
pub const REPORT: &str = "RINGKEEPER_FUZZ_REPORT";
/// Cases of one target that a test tells.
pub const CASES: u32 = 1_000;

/// Longest time that one input may take. Inputs have some ten thousand bytes, and a busy machine is slow.
const SLOWEST: Duration = Duration::from_secs(10);
/// Longest reason, in bytes beside those of the input.
const LONGEST_REASON: usize = 16 << 10;
/// A test does not go on for longer than this, whatever it was told.
const LONGEST_TEST: Duration = Duration::from_secs(3);

/// Feeds a reader of text.
///
/// # Panics
/// When the reader panics, takes too long, or refuses without a reason. The message has the smallest such input found.
pub fn text(name: &str, samples: &[&str], read: impl Fn(&str) -> Result<(), String>) {
    let samples: Vec<&[u8]> = samples.iter().map(|sample| sample.as_bytes()).collect();
    bytes(name, &samples, |input| read(&String::from_utf8_lossy(input)));
}

/// Feeds a reader of bytes.
///
/// # Panics
/// As [`text`].
pub fn bytes(name: &str, samples: &[&[u8]], read: impl Fn(&[u8]) -> Result<(), String>) {
    for sample in samples {
        judge(sample, &read).unwrap_or_else(|error| panic!("{name}: a sample as it is: {error}"));
    }
    let seconds = env::var(SECONDS).ok().and_then(|seconds| seconds.parse().ok());
    let limit = seconds.map_or(LONGEST_TEST, Duration::from_secs);
    let (begin, told) = (now(), Cell::new(0_u64));
    for round in 0_u64.. {
        feed(name, round, samples, |input| {
            if begin.elapsed() < limit {
                told.set(told.get() + 1);
                judge(input, &read)?;
            }
            Ok(())
        });
        if seconds.is_none() || begin.elapsed() >= limit {
            break;
        }
    }
    if let Some(folder) = env::var_os(REPORT) {
        let file = Path::new(&folder).join(name.replace(['/', ' '], "-"));
        let line = format!("{name}\t{}\t{}\n", told.get(), begin.elapsed().as_secs());
        std::fs::write(&file, line).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// Tells one round of cases; which ones depends on the round alone.
fn feed(name: &str, round: u64, samples: &[&[u8]], case: impl Fn(&[u8]) -> Result<(), String>) {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..Config::default()
    };
    let mut seed = [0_u8; 32];
    for (place, byte) in seed
        .iter_mut()
        .zip(round.to_le_bytes().into_iter().chain(name.bytes()))
    {
        *place = byte;
    }
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let told = TestRunner::new_with_rng(config, random).run(&change::inputs(samples), |input| {
        case(&input.0).map_err(TestCaseError::fail)
    });
    if let Err(error) = told {
        panic!("{name}, round {round}: {error}");
    }
}

fn judge(input: &[u8], read: &impl Fn(&[u8]) -> Result<(), String>) -> Result<(), String> {
    let begin = now();
    let answer = read(input);
    let took = begin.elapsed();
    let mut wrong = String::new();
    if took > SLOWEST {
        let _ = write!(wrong, "it took {took:?}; ");
    }
    if let Err(reason) = answer {
        if reason.trim().is_empty() {
            wrong.push_str("it was refused without a reason; ");
        }
        if reason.len() > LONGEST_REASON + 4 * input.len() {
            let _ = write!(wrong, "the reason has {} bytes; ", reason.len());
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{wrong}of {} bytes: {:?}",
            input.len(),
            String::from_utf8_lossy(input)
        )),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is measured here is the real time of readers"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    fn broken(read: fn(&str) -> Result<(), String>) -> String {
        let told = catch_unwind(|| text("a test", &["good = \"text\""], read)).unwrap_err();
        told.downcast_ref::<String>().cloned().unwrap_or_default()
    }

    #[test]
    fn a_reader_that_panics_is_found_and_its_input_made_small() {
        let said = broken(|text| {
            assert!(!text.contains('\0'), "a zero");
            Ok(())
        });
        assert!(said.contains("a zero"), "{said}");
    }

    #[test]
    fn a_reader_that_gives_no_reason_is_found() {
        let said = broken(|text| match text.starts_with('g') {
            true => Ok(()),
            false => Err(String::new()),
        });
        assert!(said.contains("refused without a reason"), "{said}");
    }

    #[test]
    fn a_reason_that_grows_out_of_measure_is_found() {
        let said = broken(|text| match text.starts_with('g') {
            true => Ok(()),
            false => Err("x".repeat(1 << 20)),
        });
        assert!(said.contains("the reason has 1048576 bytes"), "{said}");
    }

    #[test]
    fn a_careful_reader_passes() {
        text("a test", &["1", "22"], |text| {
            text.parse::<u64>().map(drop).map_err(|error| error.to_string())
        });
    }
}
