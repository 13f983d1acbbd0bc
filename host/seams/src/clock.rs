//! What time it is.

use std::fmt;
use std::time::Duration;

use crate::Timestamp;

/// Tells the time and how long something took. Waiting is done with `tokio::time`, which a simulation pauses.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The moment now, by the wall clock.
    fn now(&self) -> Timestamp;

    /// Time since some fixed point; never runs backwards. Use differences of it to measure.
    fn monotonic(&self) -> Duration;
}

/// The machine's own clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

#[expect(clippy::disallowed_methods, reason = "this is the seam")]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::default().after(since_epoch)
    }

    fn monotonic(&self) -> Duration {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed()
    }
}

/// Follows tokio's clock, which a paused runtime moves only when every task waits.
#[derive(Clone, Copy, Debug)]
pub struct VirtualClock {
    start: Timestamp,
    origin: tokio::time::Instant,
}

#[expect(clippy::disallowed_methods, reason = "this is the seam")]
impl VirtualClock {
    /// A clock that reads `start` at this moment of tokio time.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self {
            start,
            origin: tokio::time::Instant::now(),
        }
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.start.after(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        self.origin.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn virtual_time_moves_by_waiting_alone() {
        let clock = VirtualClock::starting_at(Timestamp::from_millis(1_000));
        assert_eq!(clock.now(), Timestamp::from_millis(1_000));
        tokio::time::sleep(Duration::from_secs(86_400)).await;
        assert_eq!(clock.now(), Timestamp::from_millis(86_401_000));
    }
}
