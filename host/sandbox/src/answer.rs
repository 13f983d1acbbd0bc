//! What a plugin answers, checked and made host values.
//!
//! A plugin is not trusted: every text, list and reference in an answer has a form and a bound, and an answer that
//! breaks one is no answer. The error names the field, e.g. `findings[3].evidence[0].name`.

mod finding;
#[cfg(test)]
mod fuzz;
mod outcome;
mod plan;
mod step;
mod words;

pub(crate) use step::from_wit;

use std::collections::BTreeSet;

use ringkeeper_plan::{Failure, Impact, Outcome, Plan, Refusal};

use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::call_error::InvalidAnswer;

/// Findings, steps, nodes and jobs in one list.
const MANY: usize = 10_000;

/// What the host knows of the plugin and its request, to hold an answer against.
pub(crate) struct Expected<'a> {
    /// The strongest impact a step may have: the operation's.
    pub(crate) impact: Impact,
    /// The capabilities the plugin uses.
    pub(crate) capabilities: &'a BTreeSet<&'static str>,
    /// Steps of earlier plans that a step may come after.
    pub(crate) already_done: &'a [String],
}

/// What a plugin answered to `plan`.
pub(crate) fn planned(
    answer: Result<wit::MaintenancePlan, wit::Refusal>,
    expected: &Expected<'_>,
) -> Result<Result<Plan, Refusal>, InvalidAnswer> {
    Ok(match answer {
        Ok(plan) => Ok(plan::plan(plan, expected)?),
        Err(refusal) => Err(outcome::refusal(refusal)?),
    })
}

/// What a plugin answered to `execute`.
pub(crate) fn executed(
    answer: Result<wit::Outcome, wit::Failure>,
    expected: &Expected<'_>,
) -> Result<Result<Outcome, Failure>, InvalidAnswer> {
    Ok(match answer {
        Ok(outcome) => Ok(outcome::outcome(outcome, expected)?),
        Err(failure) => Err(outcome::failure(failure)?),
    })
}

/// Converts a list, naming the place of whatever is wrong in it.
fn list<A, B>(
    field: &str,
    items: Vec<A>,
    most: usize,
    convert: impl Fn(A) -> Result<B, InvalidAnswer>,
) -> Result<Vec<B>, InvalidAnswer> {
    if items.len() > most {
        return Err(InvalidAnswer::new(
            field,
            format!("has {} entries; {most} are allowed", items.len()),
        ));
    }
    let numbered = items.into_iter().enumerate();
    numbered
        .map(|(index, item)| convert(item).map_err(|error| error.inside(&format!("{field}[{index}]"))))
        .collect()
}
