//! Plans.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::TableName;
use ringkeeper_plan::{Finding, Goal, Plan, Step};
use ringkeeper_seams::Timestamp;

use super::{Expected, MANY, finding, list, step, words};
use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::call_error::InvalidAnswer;

/// Goals of one plan: a table each.
const GOALS: usize = 50_000;

pub(super) fn plan(plan: wit::MaintenancePlan, expected: &Expected<'_>) -> Result<Plan, InvalidAnswer> {
    let plan = Plan {
        title: words::line("title", plan.title)?,
        findings: list("findings", plan.findings, MANY, finding::finding)?,
        steps: step::steps(plan.steps, expected)?,
        goals: list("goals", plan.goals, GOALS, goal_of)?,
    };
    each_matter_once(&plan.findings)?;
    order_exists(&plan.steps, expected.already_done)?;
    Ok(plan)
}

/// A goal: names as Cassandra spells them, bounded in length.
fn goal_of(goal: wit::Goal) -> Result<Goal, InvalidAnswer> {
    let wit::Goal::Repaired(goal) = goal;
    Ok(Goal::Repaired {
        table: TableName {
            keyspace: words::line("table.keyspace", goal.table.keyspace)?,
            table: words::line("table.table", goal.table.table)?,
        },
        data_centres: list("data-centres", goal.data_centres, MANY, |name| {
            words::line("", name)
        })?,
        since: goal.since.map(Timestamp::from_millis),
    })
}

/// Two findings with one key are the same matter, so a plan says it once.
fn each_matter_once(findings: &[Finding]) -> Result<(), InvalidAnswer> {
    let mut seen = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        if let Some(first) = seen.insert(finding.key.as_str(), index) {
            let reason = format!("is `{}`, the key of findings[{first}]", finding.key);
            return Err(InvalidAnswer::new("key", reason).inside(&format!("findings[{index}]")));
        }
    }
    Ok(())
}

/// Every step comes after steps that exist, and there is an order in which all of them can be done.
fn order_exists(steps: &[Step], already_done: &[String]) -> Result<(), InvalidAnswer> {
    let mut known: BTreeSet<&str> = already_done.iter().map(String::as_str).collect();
    known.extend(steps.iter().map(|step| step.id.as_str()));
    for (index, step) in steps.iter().enumerate() {
        for (place, before) in step.after.iter().enumerate() {
            if !known.contains(before.as_str()) {
                let reason = format!("is `{before}`, which is no step of this plan and none already done");
                return Err(InvalidAnswer::new(
                    &format!("steps[{index}].after[{place}]"),
                    reason,
                ));
            }
        }
    }
    no_circle(steps)
}

/// There is an order in which all of these steps can be done; steps that are not among them count as done.
pub(super) fn no_circle(steps: &[Step]) -> Result<(), InvalidAnswer> {
    match unreachable_step(steps) {
        Some(step) => Err(InvalidAnswer::new(
            "steps",
            format!("wait for one another in a circle; `{}` is one of them", step.id),
        )),
        None => Ok(()),
    }
}

/// A step that never gets its turn when each is done as soon as those before it are.
fn unreachable_step(steps: &[Step]) -> Option<&Step> {
    let ids: BTreeSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    let mut followers: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ready: Vec<&Step> = Vec::new();
    for step in steps {
        let before: BTreeSet<&str> = step
            .after
            .iter()
            .map(String::as_str)
            .filter(|id| ids.contains(id))
            .collect();
        if before.is_empty() {
            ready.push(step);
        } else {
            waiting.insert(&step.id, before.len());
        }
        for id in before {
            followers.entry(id).or_default().push(step);
        }
    }
    while let Some(done) = ready.pop() {
        for follower in followers.remove(done.id.as_str()).unwrap_or_default() {
            if let Some(left) = waiting.get_mut(follower.id.as_str()) {
                *left -= 1;
                if *left == 0 {
                    waiting.remove(follower.id.as_str());
                    ready.push(follower);
                }
            }
        }
    }
    steps.iter().find(|step| waiting.contains_key(step.id.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringkeeper_plan::Impact;

    fn step(id: &str, after: &[&str]) -> Step {
        Step {
            id: id.to_owned(),
            title: id.to_owned(),
            reason: "a test".to_owned(),
            nodes: Vec::new(),
            impact: Impact::Observe,
            functions: Vec::new(),
            after: after.iter().map(|id| (*id).to_owned()).collect(),
            estimate_seconds: None,
            estimate_bytes: None,
            body: "{}".to_owned(),
        }
    }

    #[test]
    fn steps_may_stand_in_any_order_if_one_exists_to_do_them() {
        let steps = [
            step("c", &["a", "b"]),
            step("b", &["a", "done-before"]),
            step("a", &[]),
        ];
        assert_eq!(order_exists(&steps, &["done-before".to_owned()]), Ok(()));
    }

    #[test]
    fn steps_that_wait_for_one_another_are_refused() {
        let steps = [step("a", &[]), step("b", &["c"]), step("c", &["a", "b"])];
        let error = order_exists(&steps, &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`steps` wait for one another in a circle; `b` is one of them"
        );
        assert!(order_exists(&[step("a", &["a"])], &[]).is_err(), "for itself");
    }

    #[test]
    fn a_step_cannot_come_after_one_nobody_knows() {
        let error = order_exists(&[step("a", &[]), step("b", &["a", "z"])], &[]).unwrap_err();
        assert_eq!(error.field, "steps[1].after[1]");
    }
}
