//! A dry run.

use std::collections::BTreeMap;

use ringkeeper_api::PlanAnswer;
use ringkeeper_plan::{Impact, Step};

use super::findings::{Addresses, note, short, subject};
use super::limits;
use super::quantity::{bytes, count, span};
use crate::screen::{Screen, Tone};

/// What would be done, what was seen, and what looking took.
pub(crate) fn plan(answer: &PlanAnswer, addresses: &Addresses, screen: &Screen) -> String {
    let PlanAnswer {
        cluster,
        plugin,
        operation,
        hash,
        plan,
        limits: _,
        log: _,
    } = answer;
    let heading = format!("Plan of {operation} for {cluster}, by {plugin}");
    let mut blocks = vec![format!(
        "{}\n{}",
        screen.paint(Tone::Strong, &heading),
        screen.wrap("  ", "  ", &plan.title)
    )];
    blocks.push(findings(answer, addresses, screen));
    blocks.push(steps(&plan.steps, addresses, screen));
    if !hash.is_empty() {
        blocks.push(format!("Hash: {hash}"));
    }
    blocks.push(limits(answer, screen));
    blocks.extend(log(answer, screen));
    blocks.join("\n\n") + "\n"
}

fn findings(answer: &PlanAnswer, addresses: &Addresses, screen: &Screen) -> String {
    let findings = &answer.plan.findings;
    if findings.is_empty() {
        return screen.paint(Tone::Good, "Findings: none");
    }
    let heading = screen.paint(Tone::Strong, &format!("Findings: {}", findings.len()));
    let notes = findings.iter().map(|finding| {
        note(
            finding,
            &[format!("about {}", subject(&finding.subject, addresses))],
            screen,
        )
    });
    format!("{heading}\n{}", notes.collect::<Vec<_>>().join("\n\n"))
}

fn steps(steps: &[Step], addresses: &Addresses, screen: &Screen) -> String {
    if steps.is_empty() {
        return "Steps: none, nothing would be changed".to_owned();
    }
    let numbers: BTreeMap<&str, usize> = steps.iter().map(|step| step.id.as_str()).zip(1..).collect();
    let heading = screen.paint(Tone::Strong, &format!("Steps: {}", steps.len()));
    let lines = steps
        .iter()
        .zip(1..)
        .map(|(step, number)| self::step(step, number, &numbers, addresses, screen));
    format!("{heading}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn step(
    step: &Step,
    number: usize,
    numbers: &BTreeMap<&str, usize>,
    addresses: &Addresses,
    screen: &Screen,
) -> String {
    let tone = match step.impact {
        Impact::Observe => Tone::Plain,
        Impact::Change => Tone::Warning,
        Impact::Disrupt => Tone::Bad,
    };
    let nodes: Vec<_> = step
        .nodes
        .iter()
        .map(|node| {
            addresses
                .get(node)
                .map_or_else(|| short(*node), |address| address.ip().to_string())
        })
        .collect();
    let mut facts = vec![screen.paint(tone, &step.impact.to_string())];
    facts.push(if nodes.is_empty() {
        "no node".to_owned()
    } else {
        nodes.join(", ")
    });
    facts.extend(
        step.estimate_seconds
            .map(|seconds| format!("about {}", span(std::time::Duration::from_secs(seconds)))),
    );
    facts.extend(step.estimate_bytes.map(bytes));
    if !step.after.is_empty() {
        let before: Vec<_> = step
            .after
            .iter()
            .map(|id| {
                numbers
                    .get(id.as_str())
                    .map_or_else(|| id.clone(), ToString::to_string)
            })
            .collect();
        facts.push(format!("after {}", before.join(", ")));
    }
    if !step.functions.is_empty() {
        facts.push(format!("calls {}", step.functions.join(", ")));
    }
    let title = screen.wrap(&format!("{number:>4}. "), "      ", &step.title);
    format!("{title}\n      {}", facts.join("; "))
}

/// What the call used of what it may use.
fn limits(answer: &PlanAnswer, screen: &Screen) -> String {
    format!(
        "{}\n{}",
        screen.paint(Tone::Strong, "Used of its limits:"),
        limits::rows(&answer.limits, screen)
    )
}

fn log(answer: &PlanAnswer, screen: &Screen) -> Option<String> {
    if answer.log.is_empty() {
        return None;
    }
    let heading = screen.paint(
        Tone::Strong,
        &format!("It logged {}:", count(answer.log.len(), "line")),
    );
    let lines = answer
        .log
        .iter()
        .map(|row| screen.wrap(&format!("  {:<5} ", row.level), "        ", &row.message));
    Some(format!("{heading}\n{}", lines.collect::<Vec<_>>().join("\n")))
}
