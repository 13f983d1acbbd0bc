//! The seams between production and simulation.
//!
//! Everything above this crate is the same code in a daemon and in a test that runs a month in a second. What differs
//! stands here, behind three small types: what time it is ([`Clock`]), what is random ([`Entropy`]) and where work
//! runs ([`Runtime`]). The picture to keep in mind: a host is given one [`Seams`] at start and asks nothing else
//! for time, chance or threads. Clippy bans the ways around it.

mod clock;
mod entropy;
mod runtime;
mod timestamp;

pub use clock::{Clock, SystemClock, VirtualClock};
pub use entropy::{Draw, Entropy};
pub use runtime::{Runtime, TaskGroup};
pub use timestamp::Timestamp;

use std::sync::Arc;

/// The three seams, handed down together.
#[derive(Clone, Debug)]
pub struct Seams {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where random numbers come from.
    pub entropy: Entropy,
    /// Where blocking work and plugin calls run.
    pub runtime: Runtime,
}

impl Seams {
    /// Real time, entropy from the operating system, blocking work on its own threads.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn production() -> std::io::Result<Self> {
        Ok(Self {
            clock: Arc::new(SystemClock),
            entropy: Entropy::from_os()?,
            runtime: Runtime::threads()?,
        })
    }

    /// Time that stands still unless a task waits, everything random from `seed`, all work inline. Use it on a
    /// current-thread tokio runtime with paused time.
    #[must_use]
    pub fn simulation(seed: u64, start: Timestamp) -> Self {
        Self {
            clock: Arc::new(VirtualClock::starting_at(start)),
            entropy: Entropy::from_seed(seed),
            runtime: Runtime::inline(),
        }
    }
}
