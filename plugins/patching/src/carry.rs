//! One step, carried out.
//!
//! The host calls this again and again: whenever the job that was waited for has ended, and after a crash. Every time it
//! goes the same way from the top: the same call in the same attempt is the same job, and answers what became of it. So
//! nothing is remembered here. What the host's last look says may be some seconds old, so it only decides whether the
//! process that is to go is still there; from then on jobs have the word.

mod host;

pub(crate) use host::{Host, RealHost};

use ringkeeper_sdk::Postponement;
use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::prelude::*;

use crate::body::Body;
use crate::world::{Presence, Seen};

/// Seconds until a step that was put off is tried again, the first time; every further time twice as long.
const FIRST_PAUSE: u64 = 30;
/// And at most.
const LONGEST_PAUSE: u64 = 600;

/// Why a step cannot go on now.
#[derive(Debug)]
enum Stop {
    /// It can go on when this job has ended.
    Wait(String),
    /// It can go on some time later.
    Later(String),
    /// The plan does not fit any more.
    Replan(String),
    /// It cannot go on.
    Fail(Failure),
}

/// Carries the step out as far as it goes now.
///
/// # Errors
/// When the node could not be stopped or started, or was not as wanted in time.
pub(crate) fn carry_out(
    host: &mut impl Host,
    step: &Step<Body>,
    attempt: Attempt,
) -> Result<Outcome, Failure> {
    match go(host, &step.body, attempt) {
        Ok(summary) => Ok(Outcome::Done(summary)),
        Err(Stop::Wait(job)) => Ok(Outcome::WaitFor(vec![job])),
        Err(Stop::Later(reason)) => Ok(Outcome::Postpone(Postponement {
            reasons: vec![reason],
            retry_after_seconds: pause(attempt.number),
        })),
        Err(Stop::Replan(reason)) => Ok(Outcome::Replan(reason)),
        Err(Stop::Fail(failure)) => Err(failure),
    }
}

fn go(host: &mut impl Host, body: &Body, attempt: Attempt) -> Result<String, Stop> {
    let (node, address) = (body.node.as_str(), body.address.as_str());
    let seen = host.see(node).map_err(refused)?;
    let seen = seen.ok_or_else(|| Stop::Replan(format!("{address} is no member of the ring any more")))?;
    if must_go(body, &seen, attempt.first_started_at)? {
        if host.cancelled() {
            return Err(Stop::Later("the run was cancelled".to_owned()));
        }
        host.progress(0.1, &format!("stops {address}"));
        let stopped = host.stop(node).map_err(refused)?;
        ended(stopped, &format!("{address} could not be stopped"))?;
    }
    // Asked for also where it runs: then this only sees that it is back, as the same node in the same place.
    host.progress(0.4, &format!("starts {address}"));
    let started = host.start(node).map_err(refused)?;
    ended(started, &format!("{address} did not come back"))?;

    let soak = body.soak_seconds;
    host.progress(0.7, &format!("waits until {address} is as wanted for {soak} s"));
    host.wait(node, soak, body.wait_seconds)
        .map_err(|error| not_as_wanted(address, error))?;
    // Later attempts waited for other things in between.
    let took = match attempt.number {
        1 => format!(
            ", {} s after it was begun",
            host.now().saturating_sub(attempt.first_started_at).max(0) / 1_000
        ),
        _ => String::new(),
    };
    Ok(format!("{address} is back and was as wanted for {soak} s{took}"))
}

/// Whether the process that is there is the one that is to go.
fn must_go(body: &Body, seen: &Seen, began: Timestamp) -> Result<bool, Stop> {
    if let Presence::Down(_) = seen.presence {
        return Ok(false);
    }
    let Some(process) = seen.process else {
        let why = match &seen.presence {
            Presence::Silent(why) => why.as_str(),
            Presence::Answers | Presence::Down(_) => "it does not say when its process began",
        };
        let address = &body.address;
        return Err(Stop::Later(format!(
            "{address} cannot be asked which process it runs: {why}"
        )));
    };
    let is_fresh = |from: Timestamp| process >= from;
    Ok(match body.process {
        Some(planned) => process == planned,
        // Nobody knew it when this was planned: then any that began before this step.
        None => !is_fresh(began) && !body.fresh_from.is_some_and(is_fresh),
    })
}

/// Goes on only where a job has ended well.
fn ended(job: Standing, otherwise: &str) -> Result<(), Stop> {
    match job.state {
        State::Succeeded => Ok(()),
        State::Pending | State::Running => Err(Stop::Wait(job.id)),
        // Never begun, as the guard would not have it or somebody else was there first.
        State::Lost | State::Cancelled => Err(Stop::Later(job.message)),
        State::Failed => {
            let message = format!("{otherwise}: {}", job.message);
            Err(Stop::Fail(Failure::new(Fault::Precondition, message)))
        }
    }
}

/// What a call that was not answered means for the step.
fn refused(error: Error) -> Stop {
    match error {
        Error::Conflict(why) | Error::Unavailable(why) | Error::TimedOut(why) => Stop::Later(why),
        Error::NotFound(why) => Stop::Replan(why),
        error => Stop::Fail(error.into()),
    }
}

fn not_as_wanted(address: &str, error: Error) -> Stop {
    match error {
        Error::TimedOut(missing) => {
            let message = format!("{address} runs again and is not as wanted: {missing}");
            Stop::Fail(Failure::new(Fault::Precondition, message))
        }
        error => refused(error),
    }
}

/// Seconds until the next attempt.
fn pause(attempt: u32) -> u64 {
    let doublings = attempt.saturating_sub(1).min(10);
    (FIRST_PAUSE << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
