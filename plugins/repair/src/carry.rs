//! One step, carried out.
//!
//! The host calls this again and again: whenever the jobs that were waited for have ended, and after a crash. Every
//! time it goes the same way from the top, and calls that were made before answer at once with what became of them.
//! So nothing is remembered here, and nothing may depend on more than the step, the cluster and those answers.

mod command;
mod coordinator;
mod host;
mod resolve;
mod retry;

pub(crate) use host::{Host, RealHost};

use ringkeeper_sdk::Postponement;
use ringkeeper_sdk::prelude::*;

use crate::body::Body;
use crate::carry::command::commands;
use crate::carry::coordinator::Rotation;
use crate::carry::resolve::{Look, Resolved};
use crate::carry::retry::Carrying;
use crate::words::count;

/// Seconds until a step that was put off is tried again, the first time; every further time twice as long.
const FIRST_PAUSE: u64 = 30;
/// And at most.
const LONGEST_PAUSE: u64 = 900;

/// Why a step cannot go on now: an outcome that is no failure.
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
/// When some tables or ranges could not be repaired, however small the pieces.
pub(crate) fn carry_out(host: &mut impl Host, step: &Step<Body>, attempt: u32) -> Result<Outcome, Failure> {
    match go(host, step, attempt) {
        Ok(summary) => Ok(Outcome::Done(summary)),
        Err(Stop::Wait(job)) => Ok(Outcome::WaitFor(vec![job])),
        Err(Stop::Later(reason)) => Ok(Outcome::Postpone(Postponement {
            reasons: vec![reason],
            retry_after_seconds: pause(attempt),
        })),
        Err(Stop::Replan(reason)) => Ok(Outcome::Replan(reason)),
        Err(Stop::Fail(failure)) => Err(failure),
    }
}

fn go(host: &mut impl Host, step: &Step<Body>, attempt: u32) -> Result<String, Stop> {
    let members = coordinator::members(host)?;
    let mut work = Vec::new();
    let mut gone = Vec::new();
    let mut look = Look::new(host, &members, step);
    for piece in &step.body.pieces {
        match look.resolve(piece)? {
            Resolved::Tables(tables, replicas) => work.extend(commands(piece, &tables, &replicas)),
            Resolved::Gone(what) => gone.push(what),
        }
    }
    let Some(first) = work.first() else {
        return Ok(format!("nothing left to repair: {}", gone.join("; ")));
    };
    let (keyspace, number) = (first.keyspace.clone(), work.len());
    coordinator::all_up(&members, &work, host.now())?;

    let rotation = Rotation::of(&step.id);
    let mut carrying = Carrying::new(host, &step.body, &members, rotation, attempt);
    for (index, command) in work.iter().enumerate() {
        carrying.progress(index, number, command);
        carrying.carry(command)?;
    }
    carrying.verdict()?;
    let others = match step.body.pieces.len() {
        0 | 1 => String::new(),
        pieces => format!(" and {}", count(pieces - 1, "more piece")),
    };
    Ok(format!(
        "repaired {keyspace}{others} in {}",
        count(number, "command")
    ))
}

/// Seconds until the next attempt.
fn pause(attempt: u32) -> u64 {
    let doublings = attempt.saturating_sub(1).min(10);
    (FIRST_PAUSE << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
