//! How it ended: what went wrong, what the host did, what was reached.

use ringkeeper_config::{GoalKind, Scenario};
use ringkeeper_testkit::{End, INVARIANTS};

use crate::narrator::Tally;
use crate::scene::Ending;

/// Goals that are named at most.
const MOST_GOALS: usize = 5;

impl Ending {
    pub(crate) fn of(scenario: &Scenario, end: &End, tally: &Tally) -> Self {
        let mut goals = Vec::new();
        let passed = *end == End::Passed;
        match end {
            End::Passed => {
                let words = scenario.goals.iter().map(|goal| match goal.kind {
                    GoalKind::RunsSucceeded => {
                        let operation = goal.operation.as_deref().unwrap_or_default();
                        format!("{operation} has succeeded")
                    }
                    GoalKind::NoDivergence => "every node has every write".to_owned(),
                    GoalKind::AllNodesServe => "every node serves".to_owned(),
                    GoalKind::EveryRunEnded => "every run has ended".to_owned(),
                    other => other.name().to_owned(),
                });
                goals.push("every node serves, and every run has ended".to_owned());
                goals.extend(words.take(MOST_GOALS));
                goals.push(format!(
                    "no quorum was lost at any moment, nor any other of {} invariants violated",
                    INVARIANTS.len()
                ));
            }
            End::Violated(violation) => goals.push(format!("must never happen, and did: {violation}")),
            End::Unreached(lacking) => goals.extend(lacking.iter().cloned()),
            End::NoHost(why) => goals.push(format!("the host does not start: {why}")),
        }
        let mut did = tally.runs.clone();
        did.push(format!(
            "{} findings opened and {} cleared, {} repairs of ranges called",
            tally.findings, tally.cleared, tally.repairs
        ));
        did.push(format!(
            "{} nodes stopped and {} brought back, the guard said not now {} times",
            tally.stops, tally.returns, tally.holds
        ));
        Self {
            passed,
            wrong: tally.faults.clone(),
            did,
            goals,
        }
    }

    /// The last line of a story that was recounted.
    pub(crate) const fn verdict(&self) -> &'static str {
        if self.passed {
            "All goals were reached."
        } else {
            "Goals were NOT reached."
        }
    }
}
