//! Outcomes, refusals and failures.

use ringkeeper_plan::{Failure, Fault, Outcome, Refusal};

use super::{Expected, MANY, finding, list, plan, step, words};
use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::call_error::InvalidAnswer;

/// Reasons of one postponement.
const REASONS: usize = 100;

pub(super) fn outcome(outcome: wit::Outcome, expected: &Expected<'_>) -> Result<Outcome, InvalidAnswer> {
    Ok(match outcome {
        wit::Outcome::Done(summary) => Outcome::Done(words::sentences("done", summary)?),
        wit::Outcome::WaitFor(jobs) => match list("wait-for", jobs, MANY, |job| words::id("", job))? {
            jobs if jobs.is_empty() => return Err(InvalidAnswer::new("wait-for", "names no job")),
            jobs => Outcome::WaitFor(jobs),
        },
        wit::Outcome::Postpone(postponement) => Outcome::Postpone {
            reasons: list("postpone.reasons", postponement.reasons, REASONS, |reason| {
                words::sentences("", reason)
            })?,
            retry_after_seconds: postponement.retry_after_seconds,
        },
        wit::Outcome::Extend(steps) => {
            let steps = step::steps(steps, expected).map_err(|error| error.inside("extend"))?;
            plan::no_circle(&steps).map_err(|error| error.inside("extend"))?;
            Outcome::Extend(steps)
        }
        wit::Outcome::Replan(reason) => Outcome::Replan(words::sentences("replan", reason)?),
    })
}

pub(super) fn refusal(refusal: wit::Refusal) -> Result<Refusal, InvalidAnswer> {
    let checked = || {
        Ok(Refusal {
            kind: fault(refusal.kind),
            message: words::sentences("message", refusal.message)?,
            evidence: finding::evidence(refusal.evidence)?,
        })
    };
    checked().map_err(|error: InvalidAnswer| error.inside("refusal"))
}

pub(super) fn failure(failure: wit::Failure) -> Result<Failure, InvalidAnswer> {
    let checked = || {
        Ok(Failure {
            kind: fault(failure.kind),
            message: words::sentences("message", failure.message)?,
            evidence: finding::evidence(failure.evidence)?,
        })
    };
    checked().map_err(|error: InvalidAnswer| error.inside("failure"))
}

const fn fault(fault: wit::Fault) -> Fault {
    match fault {
        wit::Fault::InvalidParameters => Fault::InvalidParameters,
        wit::Fault::Unsupported => Fault::Unsupported,
        wit::Fault::Precondition => Fault::Precondition,
        wit::Fault::Internal => Fault::Internal,
    }
}
