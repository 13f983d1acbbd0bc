//! The step, carried out.
//!
//! The host calls this again and again: whenever the job that was waited for has ended, and after a crash. Every time it
//! goes the same way from the top: the same call in the same attempt is the same job, and answers what became of it.
//! Where the tool fails on a stopped node, the step fails, and the host starts the node again.

mod host;

pub(crate) use host::{Host, RealHost};

use ringkeeper_sdk::Postponement;
use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::prelude::*;

use crate::plan::Body;

/// Seconds until a step that was put off is tried again, the first time; every further time twice as long.
const FIRST_PAUSE: u64 = 15;
/// And at most.
const LONGEST_PAUSE: u64 = 600;

/// Why the step cannot go on now.
#[derive(Debug)]
enum Stop {
    /// It can go on when this job has ended.
    Wait(String),
    /// It can go on some time later.
    Later(String),
    /// It cannot go on.
    Fail(Failure),
}

/// Carries the step out as far as it goes now.
///
/// # Errors
/// When the tool failed or could not be run, or the node could not be stopped or started for it.
pub(crate) fn carry_out(host: &mut impl Host, body: &Body, attempt: Attempt) -> Result<Outcome, Failure> {
    match go(host, body) {
        Ok(summary) => Ok(Outcome::Done(summary)),
        Err(Stop::Wait(job)) => Ok(Outcome::WaitFor(vec![job])),
        Err(Stop::Later(reason)) => Ok(Outcome::Postpone(Postponement {
            reasons: vec![reason],
            retry_after_seconds: pause(attempt.number),
        })),
        Err(Stop::Fail(failure)) => Err(failure),
    }
}

fn go(host: &mut impl Host, body: &Body) -> Result<String, Stop> {
    let Body {
        node, address, tool, ..
    } = body;
    if body.stops {
        host.progress(0.1, &format!("stops {address}"));
        ended(
            host.stop(node),
            &format!("{address} could not be stopped for {tool}"),
        )?;
    }
    host.progress(0.4, &format!("runs {tool} on {address}"));
    let said = ended(host.run(body), &format!("{tool} failed on {address}"))?;
    if body.stops {
        host.progress(0.8, &format!("starts {address}"));
        ended(host.start(node), &format!("{address} did not come back"))?;
    }
    Ok(said)
}

/// Goes on only where a job has ended well: with what was said of it.
fn ended(job: Result<Standing, Error>, otherwise: &str) -> Result<String, Stop> {
    let job = job.map_err(|error| match error {
        Error::Conflict(why) | Error::Unavailable(why) => Stop::Later(why),
        error => Stop::Fail(error.into()),
    })?;
    match job.state {
        State::Succeeded => Ok(job.message),
        State::Pending | State::Running => Err(Stop::Wait(job.id)),
        // Never begun, as the guard would not have it or somebody else was there first.
        State::Lost | State::Cancelled => Err(Stop::Later(job.message)),
        State::Failed => {
            let message = format!("{otherwise}: {}", job.message);
            Err(Stop::Fail(Failure::new(Fault::Precondition, message)))
        }
    }
}

/// Seconds until the next attempt.
fn pause(attempt: u32) -> u64 {
    let doublings = attempt.saturating_sub(1).min(10);
    (FIRST_PAUSE << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
