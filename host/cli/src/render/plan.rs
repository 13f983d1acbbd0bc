//! A dry run.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_api::{PlanAnswer, StakeRow};
use ringkeeper_plan::{Goal, Impact, Step};

use super::findings::{Addresses, note, short, subject};
use super::limits;
use super::quantity::{bytes, coming, count, lasting};
use crate::screen::{Screen, Tone};

/// Steps and goals up to this many are all shown; of more, this many.
const FEW: usize = 20;

/// How a plan was asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Asked<'a> {
    /// The cluster, where it was named.
    pub(crate) cluster: Option<&'a str>,
    /// Whether every step and goal is wanted, however many there are.
    pub(crate) all: bool,
}

/// What would be done, what was seen, what looking took, and how to do it.
pub(crate) fn plan(answer: &PlanAnswer, asked: Asked<'_>, addresses: &Addresses, screen: &Screen) -> String {
    let PlanAnswer {
        cluster,
        plugin,
        operation,
        run,
        hash,
        plan,
        blocked: _,
        consent: _,
        consent_reason: _,
        valid_until: _,
        stakes: _,
        exposed: _,
        limits: _,
        log: _,
    } = answer;
    let of_run = run
        .as_ref()
        .map(|run| format!(" in run {run}"))
        .unwrap_or_default();
    let heading = format!("Plan of {operation} for {cluster}{of_run}, by {plugin}");
    let mut blocks = vec![format!(
        "{}\n{}",
        screen.paint(Tone::Strong, &heading),
        screen.wrap("  ", "  ", &plan.title)
    )];
    blocks.push(findings(answer, addresses, screen));
    blocks.push(steps(&plan.steps, asked, addresses, screen));
    blocks.extend(stakes(&answer.stakes, screen));
    blocks.extend(exposed(answer, screen));
    blocks.extend(blocked(answer, screen));
    blocks.extend(goals(&plan.goals, asked, screen));
    if !hash.is_empty() {
        blocks.push(format!("Hash: {hash}"));
    }
    blocks.extend(consent(answer, screen));
    if !answer.limits.is_empty() {
        blocks.push(limits(answer, screen));
    }
    blocks.extend(log(answer, screen));
    if !hash.is_empty() && !plan.steps.is_empty() {
        blocks.push(how_to(answer, asked));
    }
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

/// What would hold its first steps up if it were run now.
fn blocked(answer: &PlanAnswer, screen: &Screen) -> Option<String> {
    if answer.blocked.is_empty() {
        return None;
    }
    let heading = screen.paint(
        Tone::Warning,
        &format!(
            "Blocked as things stand now: {}",
            count(answer.blocked.len(), "step")
        ),
    );
    let numbers: BTreeMap<&str, usize> = answer
        .plan
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .zip(1..)
        .collect();
    let lines = answer.blocked.iter().flat_map(|step| {
        let number = numbers
            .get(step.step.as_str())
            .map_or_else(|| step.step.clone(), ToString::to_string);
        step.blocks.iter().map(move |row| {
            let text = format!("{}: {}", row.block.rule, row.text);
            screen.wrap(&format!("{number:>4}. "), "      ", &text)
        })
    });
    let lines: Vec<_> = lines.collect();
    let more = "A run waits for them to be lifted, and the guard is asked anew before each step.";
    Some(format!(
        "{heading}\n{}\n{}",
        lines.join("\n"),
        screen.paint(Tone::Faint, &screen.wrap("  ", "  ", more))
    ))
}

/// What the functions that are called put at risk, and what undoes them.
fn stakes(stakes: &[StakeRow], screen: &Screen) -> Option<String> {
    if stakes.is_empty() {
        return None;
    }
    let mut lines = vec![screen.paint(Tone::Strong, "At risk, and what undoes it:")];
    for stake in stakes {
        let called = format!("{} ({})", stake.function, count(stake.steps, "step"));
        lines.push(format!("  {}", screen.paint(of_impact(stake.impact), &called)));
        lines.push(screen.wrap("    risk: ", "          ", &stake.risk));
        lines.push(screen.wrap("    undo: ", "          ", &stake.undo));
    }
    Some(lines.join("\n"))
}

/// What is left while nodes are away: steps that leave the same are told together.
fn exposed(answer: &PlanAnswer, screen: &Screen) -> Option<String> {
    let numbers: BTreeMap<&str, usize> = answer
        .plan
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .zip(1..)
        .collect();
    let mut of_step: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for row in &answer.exposed {
        let left = format!(
            "{} {} of {} in {}",
            row.keyspace, row.left, row.replicas, row.data_center
        );
        let number = numbers.get(row.step.as_str()).copied().unwrap_or_default();
        of_step.entry(number).or_default().push(left);
    }
    let mut alike: Vec<(Vec<usize>, Vec<String>)> = Vec::new();
    for (number, left) in of_step {
        match alike.iter_mut().find(|(_, other)| *other == left) {
            Some((numbers, _)) => numbers.push(number),
            None => alike.push((vec![number], left)),
        }
    }
    if alike.is_empty() {
        return None;
    }
    let heading = "Replicas that still serve while a step's nodes are away, at least, as things stand now:";
    let mut lines = vec![screen.paint(Tone::Strong, &screen.wrap("", "  ", heading))];
    for (numbers, left) in alike {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let which = if numbers.len() == 1 { "step" } else { "steps" };
        let text = format!("{which} {}: {}", numbers.join(", "), left.join("; "));
        lines.push(screen.wrap("  - ", "    ", &text));
    }
    Some(lines.join("\n"))
}

/// Whose word it needs; nothing where it needs nobody's.
fn consent(answer: &PlanAnswer, screen: &Screen) -> Option<String> {
    let until = answer.valid_until.map(|until| coming(screen.now, until));
    let (tone, what) = match (answer.consent.as_str(), until) {
        ("ask", Some(until)) => (
            Tone::Warning,
            format!("a person must approve it, {until} at the latest"),
        ),
        ("ask", None) => (Tone::Warning, "a person must approve it".to_owned()),
        ("deny", _) => (Tone::Bad, "it is not done".to_owned()),
        _ => return None,
    };
    let text = format!("{what}: {}", answer.consent_reason);
    Some(screen.paint(tone, &screen.wrap("Approval: ", "  ", &text)))
}

/// The line that does exactly this.
fn how_to(answer: &PlanAnswer, asked: Asked<'_>) -> String {
    let PlanAnswer { operation, hash, .. } = answer;
    if let Some(run) = &answer.run {
        return format!(
            "To approve exactly this:\n  ringkeeper runs approve {run} {hash}\nTo have none of it:\n  ringkeeper runs reject {run}"
        );
    }
    let cluster = asked
        .cluster
        .map(|cluster| format!(" --cluster {cluster}"))
        .unwrap_or_default();
    format!("To do exactly this:\n  ringkeeper run {operation}{cluster} --approve {hash}")
}

/// How many of `number` things are shown.
const fn shown(number: usize, asked: Asked<'_>) -> usize {
    if asked.all || number <= FEW { number } else { FEW }
}

fn goals(goals: &[Goal], asked: Asked<'_>, screen: &Screen) -> Option<String> {
    if goals.is_empty() {
        return None;
    }
    let mut lines = vec![screen.paint(
        Tone::Strong,
        &format!("What must hold afterwards: {}", count(goals.len(), "goal")),
    )];
    let some = shown(goals.len(), asked);
    lines.extend(
        goals
            .iter()
            .take(some)
            .map(|goal| screen.wrap("  - ", "    ", &self::goal(goal))),
    );
    if some < goals.len() {
        lines.push(format!(
            "    and {} more; --all shows every one",
            goals.len() - some
        ));
    }
    Some(lines.join("\n"))
}

fn goal(goal: &Goal) -> String {
    let Goal::Repaired {
        table,
        data_centres,
        since,
    } = goal;
    let scope = match data_centres.as_slice() {
        [] => "over the whole ring".to_owned(),
        [one] => format!("within {one}"),
        several => format!("over {}", several.join(", ")),
    };
    let since = since.map(|since| format!(", since {since}")).unwrap_or_default();
    format!("{table} repaired {scope}{since}")
}

/// `Steps: 512, together about 9 h 12 min, 3.20 GiB`; what they are estimated at, as far as they are.
fn steps_heading(steps: &[Step]) -> String {
    let mut text = format!("Steps: {}", steps.len());
    let seconds: u64 = steps.iter().filter_map(|step| step.estimate_seconds).sum();
    if seconds > 0 {
        text += &format!(
            ", one after the other about {}",
            lasting(Duration::from_secs(seconds))
        );
    }
    let moved: u64 = steps.iter().filter_map(|step| step.estimate_bytes).sum();
    if moved > 0 {
        text += &format!(", {}", bytes(moved));
    }
    text
}

fn steps(steps: &[Step], asked: Asked<'_>, addresses: &Addresses, screen: &Screen) -> String {
    if steps.is_empty() {
        return "Steps: none, nothing would be changed".to_owned();
    }
    let numbers: BTreeMap<&str, usize> = steps.iter().map(|step| step.id.as_str()).zip(1..).collect();
    let mut lines = vec![screen.paint(Tone::Strong, &steps_heading(steps))];
    let some = shown(steps.len(), asked);
    let mut said = "";
    for (step, number) in steps.iter().zip(1..).take(some) {
        lines.push(self::step(step, number, &numbers, addresses, screen));
        lines.extend(why(&step.reason, said, screen));
        said = &step.reason;
    }
    if some < steps.len() {
        lines.push(format!(
            "      and {} more; --all shows every one",
            steps.len() - some
        ));
    }
    lines.join("\n")
}

const fn of_impact(impact: Impact) -> Tone {
    match impact {
        Impact::Observe => Tone::Plain,
        Impact::Change => Tone::Warning,
        Impact::Disrupt => Tone::Bad,
    }
}

fn step(
    step: &Step,
    number: usize,
    numbers: &BTreeMap<&str, usize>,
    addresses: &Addresses,
    screen: &Screen,
) -> String {
    let tone = of_impact(step.impact);
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
            .map(|seconds| format!("about {}", lasting(Duration::from_secs(seconds)))),
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

/// Why a step is in the plan; nothing where it is why the one before is.
pub(super) fn why(reason: &str, before: &str, screen: &Screen) -> Option<String> {
    let line = || screen.wrap("      why: ", "           ", reason);
    let is_new = !reason.is_empty() && reason != before;
    is_new.then(|| screen.paint(Tone::Faint, &line()))
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
