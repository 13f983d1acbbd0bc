//! One step, carried out.
//!
//! The host calls this again and again: whenever the job that was waited for has ended, and after a crash. Every time it
//! goes the same way from the top: the same call in the same attempt is the same job, and answers what became of it.

mod host;

pub(crate) use host::{Host, RealHost};

use ringkeeper_sdk::Postponement;
use ringkeeper_sdk::jobs::State;
use ringkeeper_sdk::prelude::*;

use crate::plan::Body;

/// Seconds until a step that was put off is tried again, the first time; every further time twice as long.
const FIRST_PAUSE: u64 = 15;
/// And at most.
const LONGEST_PAUSE: u64 = 300;

/// Carries the step out as far as it goes now.
///
/// # Errors
/// When the node could not be started, or was not as wanted in time.
pub(crate) fn carry_out(
    host: &mut impl Host,
    step: &Step<Body>,
    attempt: Attempt,
) -> Result<Outcome, Failure> {
    let Body {
        node,
        address,
        soak_seconds,
        wait_seconds,
    } = &step.body;
    let later = |reason| {
        Ok(Outcome::Postpone(Postponement {
            reasons: vec![reason],
            retry_after_seconds: pause(attempt.number),
        }))
    };
    host.progress(0.1, &format!("starts {address}"));
    // Asked for also where it runs by now: then this only sees that it is back.
    let job = match host.start(node) {
        Ok(job) => job,
        Err(Error::Conflict(why) | Error::Unavailable(why) | Error::TimedOut(why)) => return later(why),
        Err(Error::NotFound(why)) => return Ok(Outcome::Replan(why)),
        Err(error) => return Err(error.into()),
    };
    match job.state {
        State::Succeeded => {}
        State::Pending | State::Running => return Ok(Outcome::WaitFor(vec![job.id])),
        // Never begun, as the guard would not have it or somebody else was there first.
        State::Lost | State::Cancelled => return later(job.message),
        State::Failed => {
            let message = format!("{address} did not come back: {}", job.message);
            return Err(Failure::new(Fault::Precondition, message));
        }
    }
    host.progress(
        0.7,
        &format!("waits until {address} is as wanted for {soak_seconds} s"),
    );
    match host.wait(node, *soak_seconds, *wait_seconds) {
        Ok(()) => Ok(Outcome::Done(format!(
            "{address} is back and was as wanted for {soak_seconds} s"
        ))),
        Err(Error::TimedOut(missing)) => {
            let message = format!("{address} runs again and is not as wanted: {missing}");
            Err(Failure::new(Fault::Precondition, message))
        }
        Err(Error::Conflict(why) | Error::Unavailable(why)) => later(why),
        Err(Error::NotFound(why)) => Ok(Outcome::Replan(why)),
        Err(error) => Err(error.into()),
    }
}

/// Seconds until the next attempt.
fn pause(attempt: u32) -> u64 {
    let doublings = attempt.saturating_sub(1).min(10);
    (FIRST_PAUSE << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
