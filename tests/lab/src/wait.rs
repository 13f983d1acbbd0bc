use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

const PAUSE: Duration = Duration::from_millis(100);

/// Asks `probe` again and again until it has an answer, and returns that answer.
///
/// # Errors
/// The probe's own error ends the wait at once. Without an answer within `deadline` the error names `what`,
/// which should read well after "not seen in time:".
pub fn wait_until<T>(
    what: &str,
    deadline: Duration,
    mut probe: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = probe()? {
            return Ok(answer);
        }
        if started.elapsed() >= deadline {
            bail!("not seen in time: {what} (waited {} s)", deadline.as_secs());
        }
        thread::sleep(PAUSE);
    }
}
