//! Makes a failing story smaller: leaves out faults for as long as the same thing still goes wrong.

use crate::outcome::{End, Outcome};
use crate::planned::PlannedFault;
use crate::story::{Story, tell};

/// What of an end must stay the same.
fn same(one: &End, other: &End) -> bool {
    match (one, other) {
        (End::Violated(one), End::Violated(other)) => one.invariant == other.invariant,
        (End::Unreached(_), End::Unreached(_)) => true,
        (End::NoHost(_), End::NoHost(_)) => true,
        _ => false,
    }
}

/// The same story with as few faults as still end it the same way, and how it ends. At most `most` stories are told on
/// the way.
#[must_use]
pub fn shrink(story: &Story, outcome: Outcome, most: usize) -> (Story, Outcome) {
    let mut best = (story.clone(), outcome);
    let mut left = most;
    // What had not struck by then has no part in it.
    let mut size = best.0.faults.len().div_ceil(2).max(1);
    while left > 0 && !best.0.faults.is_empty() {
        let mut shrunk = false;
        let mut from = 0;
        while from < best.0.faults.len() && left > 0 {
            let kept = without(&best.0.faults, from, size);
            let smaller = Story {
                faults: kept,
                ..best.0.clone()
            };
            left -= 1;
            let outcome = tell(&smaller);
            if same(&outcome.end, &best.1.end) {
                best = (smaller, outcome);
                shrunk = true;
            } else {
                from += size;
            }
        }
        if size == 1 && !shrunk {
            break;
        }
        size = size.div_ceil(2).max(1);
    }
    best
}

fn without(faults: &[PlannedFault], from: usize, count: usize) -> Vec<PlannedFault> {
    let kept = faults.iter().enumerate();
    kept.filter(|(at, _)| *at < from || *at >= from + count)
        .map(|(_, fault)| fault.clone())
        .collect()
}
