//! Plans and outcomes as a guest could hand them over: of the right types, and with anything in them.

use std::collections::BTreeSet;

use ringkeeper_plan::{Finding, Impact, Step};

use super::{Expected, executed, planned, wit};
use crate::bindings::ringkeeper::maintenance::types as of_types;
use crate::text::is_control;

const PLAN: &str = "\
title Repair shop
finding quorum-at-risk/shop
says A quorum of shop is at risk.
subject 2 0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a
fact replicas|1|2
suggestion Start the nodes that are down.
operation repair.full
finding hints
subject 4 shop orders
step s-1
node 0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a
calls repair.start
why 3 nodes can differ
body {\"table\": 1}
impact 1
step s-2
after s-1
after s-0
estimate 86400
goal shop orders
since 1772366400000
goal shop lines
centre dc1
";

/// Fills a plan by lines: each begins something, or fills a field of what was begun last.
fn plan(text: &str) -> wit::MaintenancePlan {
    let mut plan = wit::MaintenancePlan {
        title: "a plan".to_owned(),
        findings: Vec::new(),
        steps: Vec::new(),
        goals: Vec::new(),
    };
    for line in text.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.to_owned();
        let pair = || {
            let (one, other) = rest.split_once(' ').unwrap_or((&rest, ""));
            (one.to_owned(), other.to_owned())
        };
        match word {
            "title" => plan.title = rest,
            "finding" => plan.findings.push(finding(rest)),
            "step" => plan.steps.push(step(rest)),
            "goal" => {
                let (keyspace, table) = pair();
                plan.goals.push(wit::Goal::Repaired(wit::RepairGoal {
                    table: of_types::TableName { keyspace, table },
                    data_centres: Vec::new(),
                    since: None,
                }));
            }
            "centre" | "since" => {
                if let Some(wit::Goal::Repaired(goal)) = plan.goals.last_mut() {
                    match word {
                        "centre" => goal.data_centres.push(rest),
                        _ => goal.since = rest.parse().ok(),
                    }
                }
            }
            "says" | "subject" | "fact" | "suggestion" | "operation" => {
                if let Some(finding) = plan.findings.last_mut() {
                    fill_finding(finding, word, rest);
                }
            }
            _ => {
                if let Some(step) = plan.steps.last_mut() {
                    fill_step(step, word, rest);
                }
            }
        }
    }
    plan
}

fn finding(key: String) -> of_types::Finding {
    of_types::Finding {
        key,
        severity: of_types::Severity::Warning,
        subject: of_types::Subject::Cluster,
        owner: of_types::Owner::Unknown,
        title: "something is so".to_owned(),
        evidence: Vec::new(),
        suggestion: None,
        suggested_operation: None,
    }
}

fn fill_finding(finding: &mut of_types::Finding, word: &str, rest: String) {
    match word {
        "says" => finding.title = rest,
        "subject" => {
            let (kind, name) = rest.split_once(' ').unwrap_or(("", &rest));
            let name = name.to_owned();
            let (keyspace, table) = name.split_once(' ').unwrap_or((&name, ""));
            finding.subject = match kind {
                "1" => of_types::Subject::DataCentre(name),
                "2" => of_types::Subject::Node(name),
                "3" => of_types::Subject::Keyspace(name),
                "4" => of_types::Subject::Table(of_types::TableName {
                    keyspace: keyspace.to_owned(),
                    table: table.to_owned(),
                }),
                _ => of_types::Subject::Cluster,
            };
        }
        "fact" => {
            let mut parts = rest.split('|').map(str::to_owned);
            finding.evidence.push(of_types::Evidence {
                name: parts.next().unwrap_or_default(),
                value: parts.next().unwrap_or_default(),
                limit: parts.next(),
            });
        }
        "suggestion" => finding.suggestion = Some(rest),
        _ => finding.suggested_operation = Some(rest),
    }
}

fn step(id: String) -> of_types::Step {
    of_types::Step {
        id,
        title: "does something".to_owned(),
        reason: "it says so".to_owned(),
        nodes: Vec::new(),
        impact: of_types::Impact::Observe,
        functions: Vec::new(),
        after: Vec::new(),
        estimate_seconds: None,
        estimate_bytes: None,
        body: "{}".to_owned(),
    }
}

fn fill_step(step: &mut of_types::Step, word: &str, rest: String) {
    match word {
        "node" => step.nodes.push(rest),
        "calls" => step.functions.push(rest),
        "after" => step.after.push(rest),
        "why" => step.reason = rest,
        "body" => step.body = rest,
        "estimate" => {
            step.estimate_seconds = rest.parse().ok();
            step.estimate_bytes = rest.parse().ok();
        }
        "impact" => {
            step.impact = match rest.as_str() {
                "1" => of_types::Impact::Change,
                "2" => of_types::Impact::Disrupt,
                _ => of_types::Impact::Observe,
            }
        }
        _ => step.title = rest,
    }
}

fn expected<'a>(capabilities: &'a BTreeSet<&'static str>, already_done: &'a [String]) -> Expected<'a> {
    Expected {
        impact: Impact::Change,
        capabilities,
        already_done,
    }
}

/// What was let through is what a person and the rest of the host may rely on.
fn is_sound(steps: &[Step], already_done: &[String]) {
    let ids: BTreeSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids.len(), steps.len(), "an id twice");
    for step in steps {
        is_shown(&step.title);
        assert!(step.impact <= Impact::Change);
        assert!(step.functions.iter().all(|name| name.starts_with("repair.")));
        serde_json::from_str::<serde::de::IgnoredAny>(&step.body).unwrap();
        for id in &step.after {
            assert!(ids.contains(id.as_str()) || already_done.contains(id), "{id}");
            assert_ne!(*id, step.id);
        }
    }
}

fn is_shown(text: &str) {
    assert!(!text.trim().is_empty() && text.len() <= 4_000);
    assert!(!text.chars().any(is_control), "{text:?}");
}

fn is_told(finding: &Finding) {
    is_shown(&finding.title);
    finding.suggestion.iter().for_each(|text| is_shown(text));
    for fact in &finding.evidence {
        is_shown(&fact.name);
        is_shown(&fact.value);
    }
    assert!(finding.key.len() <= 800 && !finding.key.contains(char::is_whitespace));
}

#[test]
fn plans_of_guests() {
    let (capabilities, done) = (BTreeSet::from(["repair"]), ["s-0".to_owned()]);
    let expected = expected(&capabilities, &done);
    assert!(planned(Ok(plan(PLAN)), &expected).is_ok());
    ringkeeper_fuzz::text("plans of guests", &[PLAN], |text| {
        let told = planned(Ok(plan(text)), &expected).map_err(|error| error.to_string())?;
        let plan = told.map_err(|refusal| refusal.message)?;
        is_shown(&plan.title);
        is_sound(&plan.steps, &done);
        plan.findings.iter().for_each(is_told);
        Ok(())
    });
}

#[test]
fn outcomes_of_guests() {
    let (capabilities, done) = (BTreeSet::from(["repair"]), ["s-0".to_owned()]);
    let expected = expected(&capabilities, &done);
    let samples = [
        "0 all is done",
        "1 job-1 job-2",
        "2 the node is busy",
        "4 the ring changed",
        PLAN,
    ];
    ringkeeper_fuzz::text("outcomes of guests", &samples, |text| {
        let (kind, rest) = text.split_once(' ').unwrap_or(("3", text));
        let words = || rest.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let outcome = match kind {
            "0" => wit::Outcome::Done(rest.to_owned()),
            "1" => wit::Outcome::WaitFor(words()),
            "2" => wit::Outcome::Postpone(wit::Postponement {
                reasons: words(),
                retry_after_seconds: rest.len() as u64,
            }),
            "4" => wit::Outcome::Replan(rest.to_owned()),
            // Of steps that are added only those of this list are known.
            _ => wit::Outcome::Extend(plan(text).steps),
        };
        executed(Ok(outcome), &expected)
            .map(drop)
            .map_err(|error| error.to_string())
    });
}
