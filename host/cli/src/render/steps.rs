//! Steps of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_api::{JobRow, StepBlockRow, StepRow};

use super::quantity::{lasting, span};
use crate::screen::{Screen, Tone};

/// Steps up to this many are all shown.
const FEW: usize = 20;
/// Of more steps, this many that come next are shown.
const NEXT: usize = 5;

/// Every step; of many only those that go on, wait or failed, and the next few, with numbers of the others.
pub(crate) fn steps(steps: &[StepRow], all: bool, screen: &Screen) -> String {
    if steps.is_empty() {
        return "Steps: none".to_owned();
    }
    let all = all || steps.len() <= FEW;
    let mut lines = vec![screen.paint(Tone::Strong, &heading(steps))];
    let mut next = NEXT;
    let mut left_out: BTreeMap<&str, usize> = BTreeMap::new();
    let mut said = "";
    for (number, step) in (1..).zip(steps) {
        let shown = all
            || match step.state.as_str() {
                "Done" | "Skipped" => false,
                "Pending" if next == 0 => false,
                "Pending" => {
                    next -= 1;
                    true
                }
                _ => true,
            };
        if shown {
            // Of what is over, the outcome says enough.
            let is_over = matches!(step.state.as_str(), "Done" | "Skipped");
            let reason = if is_over { said } else { &step.reason };
            lines.push(self::step(
                step,
                number,
                super::plan::why(reason, said, screen),
                screen,
            ));
            said = reason;
        } else {
            *left_out.entry(&step.state).or_default() += 1;
        }
    }
    if !left_out.is_empty() {
        let each = left_out
            .iter()
            .map(|(state, number)| format!("{number} {}", word(state)));
        let text = format!(
            "not shown: {}; --all shows every step",
            each.collect::<Vec<_>>().join(", ")
        );
        lines.push(screen.paint(Tone::Faint, &screen.wrap("      ", "      ", &text)));
    }
    lines.join("\n")
}

/// `Steps: 512 (190 done, 2 running, 320 pending)`.
fn heading(steps: &[StepRow]) -> String {
    const ORDER: [&str; 9] = [
        "Done",
        "Running",
        "Waiting",
        "InDoubt",
        "Blocked",
        "Postponed",
        "Failed",
        "Skipped",
        "Pending",
    ];
    let each = ORDER.iter().filter_map(|state| {
        let number = steps.iter().filter(|step| step.state == *state).count();
        (number > 0).then(|| format!("{number} {}", word(state)))
    });
    format!("Steps: {} ({})", steps.len(), each.collect::<Vec<_>>().join(", "))
}

fn step(step: &StepRow, number: usize, why: Option<String>, screen: &Screen) -> String {
    let title = screen.wrap(&format!("{number:>4}. ######### "), "      ", &step.title);
    let state = screen.paint(tone(&step.state), &format!("{:<9}", word(&step.state)));
    let mut lines = vec![title.replacen("#########", &state, 1)];
    lines.push(screen.paint(
        Tone::Faint,
        &screen.wrap("      ", "      ", &facts(step, screen)),
    ));
    lines.extend(why);
    if !step.message.is_empty() {
        lines.push(screen.wrap("      ", "      ", &step.message));
    }
    lines.extend(step.blocks.iter().map(|block| self::block(block, screen)));
    lines.extend(
        step.jobs
            .iter()
            .filter(|job| tells(job))
            .map(|job| self::job(job, screen)),
    );
    lines.join("\n")
}

fn facts(step: &StepRow, screen: &Screen) -> String {
    let mut facts = vec![if step.nodes.is_empty() {
        "no node".to_owned()
    } else {
        step.nodes.join(", ")
    }];
    match (step.started_at, step.ended_at) {
        (Some(started), Some(ended)) if ended >= started => {
            facts.push(format!("took {}", span(ended.since(started))));
        }
        (Some(started), _) if goes_on(step) => {
            facts.push(format!("for {}", span(screen.now.since(started))));
        }
        _ => {}
    }
    facts.extend(
        step.blocked_since
            .map(|since| format!("blocked for {}", span(screen.now.since(since)))),
    );
    if !goes_on(step) && step.attempt == 0 && !step.functions.is_empty() {
        facts.push(format!("may call {}", step.functions.join(", ")));
    }
    if goes_on(step) || step.state == "Pending" {
        facts.extend(
            step.estimate_seconds
                .map(|seconds| format!("estimated {}", lasting(Duration::from_secs(seconds)))),
        );
    }
    if step.attempt > 1 {
        facts.push(format!("attempt {}", step.attempt));
    }
    facts.join("; ")
}

/// Whether an attempt at it is under way.
pub(super) fn goes_on(step: &StepRow) -> bool {
    matches!(step.state.as_str(), "Running" | "Waiting" | "InDoubt")
}

/// What holds it up: the rule, what it is about, and what lifts it.
fn block(block: &StepBlockRow, screen: &Screen) -> String {
    let text = format!("blocked by {}: {}", block.rule, block.text);
    screen.paint(Tone::Warning, &screen.wrap("      - ", "        ", &text))
}

/// A call that ended well says nothing that the step does not say.
fn tells(job: &JobRow) -> bool {
    job.state != "Done"
}

fn job(job: &JobRow, screen: &Screen) -> String {
    let mut text = format!("{}: {}", word(&job.state), job.call);
    if !job.message.is_empty() {
        text += &format!(": {}", job.message);
    }
    screen.wrap("      - ", "        ", &text)
}

/// A state as it stands in a sentence.
pub(crate) fn word(state: &str) -> String {
    match state {
        "InDoubt" => "in doubt".to_owned(),
        "NotStarted" => "not started".to_owned(),
        other => other.to_lowercase(),
    }
}

fn tone(state: &str) -> Tone {
    match state {
        "Done" => Tone::Good,
        "Failed" => Tone::Bad,
        "InDoubt" | "Blocked" | "Postponed" => Tone::Warning,
        "Running" | "Waiting" => Tone::Strong,
        _ => Tone::Faint,
    }
}
