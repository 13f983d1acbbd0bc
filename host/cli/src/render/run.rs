//! A run in full.

use std::collections::BTreeMap;

use ringkeeper_api::{ApprovalRow, GoalRow, RunDetail, UndoRow};

use super::quantity::{ago, coming, count, moment, span};
use super::runs::{approve, by, state};
use super::steps;
use crate::screen::{Screen, Tone};

/// How it stands, its steps (of many those that matter now, unless `all` are wanted) and its goals.
pub(crate) fn run(run: &RunDetail, all: bool, screen: &Screen) -> String {
    let mut blocks = vec![header(run, screen), steps::steps(&run.step_rows, all, screen)];
    blocks.extend(undos(&run.undos, screen));
    blocks.extend(goals(&run.goals, screen));
    blocks.push(calls(run, screen));
    blocks.join("\n\n") + "\n"
}

/// How it ended: what a person wants to know who waited for it.
pub(crate) fn ending(detail: &RunDetail, screen: &Screen) -> String {
    let run = &detail.run;
    let took = run
        .ended_at
        .map(|ended| format!(", after {}", span(ended.since(run.opened_at))));
    let mut lines = vec![format!(
        "Run {}: {}{}",
        run.id,
        state(run, screen),
        took.unwrap_or_default()
    )];
    if !run.summary.is_empty() {
        lines.push(screen.wrap("  ", "  ", &run.summary));
    }
    lines.extend(
        detail
            .goals
            .iter()
            .filter(|goal| !goal.note.is_empty())
            .map(|goal| self::goal(goal, screen)),
    );
    lines.extend(
        detail
            .undos
            .iter()
            .filter(|undo| undo.state != "done")
            .map(|undo| self::undo(undo, screen)),
    );
    if detail.in_doubt > 0 || detail.repeated > 0 {
        lines.push(calls(detail, screen));
    }
    lines.push(format!("  All of it: ringkeeper runs show {}", run.id));
    lines.join("\n") + "\n"
}

fn header(detail: &RunDetail, screen: &Screen) -> String {
    let run = &detail.run;
    let heading = format!("Run {}: {} of {}", run.id, run.operation, run.cluster);
    let mut lines = vec![
        screen.paint(Tone::Strong, &heading),
        screen.wrap("  ", "  ", &run.title),
        String::new(),
        fact("State", &state(run, screen)),
    ];
    lines.extend(
        run.blocked_by
            .iter()
            .map(|reason| screen.paint(Tone::Warning, &long("Waits for", reason, screen))),
    );
    lines.extend(approve(run).map(|command| format!("  Approve it:\n    {command}")));
    if !run.summary.is_empty() {
        lines.push(long("In short", &run.summary, screen));
    }
    let opened = format!("by {}, {}", by(run.cause), moment(screen.now, run.opened_at));
    lines.push(fact("Asked for", &opened));
    if let Some(deadline) = &detail.deadline {
        let due = format!("{}: {}", coming(screen.now, deadline.at), deadline.reason);
        lines.push(long("Due", &due, screen));
    }
    if let Some(ended) = run.ended_at {
        let took = span(ended.since(run.opened_at));
        lines.push(fact(
            "Ended",
            &format!("{}, after {took}", moment(screen.now, ended)),
        ));
    }
    if let Some(given) = parameters(&detail.parameters) {
        lines.push(long("Given", &given, screen));
    }
    let digest: String = detail.digest.chars().take(16).collect();
    lines.push(fact("Plugin", &format!("{}, digest {digest}", detail.plugin)));
    lines.push(fact("Plan", &detail.plan_hash));
    lines.extend(
        run.approval
            .iter()
            .map(|row| long("Approval", &approval(row, screen), screen)),
    );
    lines.join("\n")
}

/// Whose word it waits for, has or was refused.
fn approval(row: &ApprovalRow, screen: &Screen) -> String {
    let of = match (row.state.as_str(), &row.by, row.at) {
        ("given", Some(by), Some(at)) => format!("{by} approved {}, {}", row.hash, moment(screen.now, at)),
        ("refused", ..) => format!("refused, of {}", row.hash),
        _ => match row.until {
            Some(until) => format!("asked for, {} at the latest", coming(screen.now, until)),
            None => "asked for".to_owned(),
        },
    };
    if row.reason.is_empty() {
        of
    } else {
        format!("{of}; {}", row.reason)
    }
}

/// Nodes that the run took away and has not brought back yet, and how many it has.
fn undos(undos: &[UndoRow], screen: &Screen) -> Option<String> {
    if undos.is_empty() {
        return None;
    }
    let (done, open): (Vec<_>, Vec<_>) = undos.iter().partition(|undo| undo.state == "done");
    let heading = match (open.len(), done.len()) {
        (0, back) => format!("Taken away and brought back: {}", count(back, "node")),
        (open, 0) => format!("To be brought back: {}", count(open, "node")),
        (open, back) => format!("To be brought back: {}; {back} brought back", count(open, "node")),
    };
    let mut lines = vec![screen.paint(Tone::Strong, &heading)];
    lines.extend(open.into_iter().map(|undo| self::undo(undo, screen)));
    Some(lines.join("\n"))
}

fn undo(undo: &UndoRow, screen: &Screen) -> String {
    let mut text = format!(
        "{}: {}, taken away by step {} {}",
        undo.address.ip(),
        undo.what,
        undo.step,
        ago(screen.now, undo.since)
    );
    if !undo.message.is_empty() {
        text += &format!("; FAILED and tried on: {}", undo.message);
    }
    let tone = if undo.state == "failing" {
        Tone::Bad
    } else {
        Tone::Warning
    };
    screen.paint(tone, &screen.wrap("  - ", "    ", &text))
}

/// Parameters as they are typed; none where there are none.
fn parameters(parameters: &serde_json::Value) -> Option<String> {
    let given = parameters.as_object().filter(|given| !given.is_empty())?;
    let each = given.iter().map(|(name, value)| format!("{name}={value}"));
    Some(each.collect::<Vec<_>>().join(" "))
}

fn fact(name: &str, value: &str) -> String {
    format!("  {:<11}{value}", format!("{name}:"))
}

fn long(name: &str, value: &str, screen: &Screen) -> String {
    screen.wrap(&fact(name, ""), "             ", value)
}

fn goals(goals: &[GoalRow], screen: &Screen) -> Option<String> {
    if goals.is_empty() {
        return None;
    }
    let heading = screen.paint(Tone::Strong, &format!("Goals: {}", goals.len()));
    // Many tables fall short for one reason, and many more are as they should be: said once each.
    let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines = vec![heading];
    for goal in goals {
        if goals.len() > FEW && goal.note.is_empty() {
            let kind = if goal.percent.is_some() {
                "reached"
            } else {
                "not judged before the run ends"
            };
            *reached.entry(kind).or_default() += 1;
        } else {
            lines.push(self::goal(goal, screen));
        }
    }
    lines.extend(
        reached
            .iter()
            .map(|(kind, number)| format!("           {number} more {kind}")),
    );
    Some(lines.join("\n"))
}

/// Goals up to this many are shown one by one.
const FEW: usize = 20;

fn goal(goal: &GoalRow, screen: &Screen) -> String {
    let percent = goal.percent.map_or_else(
        || "-".to_owned(),
        |percent| format!("{:.2}%", (percent * 100.0).floor() / 100.0),
    );
    let tone = match goal.percent {
        Some(_) if goal.note.is_empty() => Tone::Good,
        Some(_) => Tone::Bad,
        None => Tone::Plain,
    };
    let text = if goal.note.is_empty() {
        goal.goal.clone()
    } else {
        format!("{}: {}", goal.goal, goal.note)
    };
    let lines = screen.wrap("  #######  ", "           ", &text);
    lines.replacen("#######", &screen.paint(tone, &format!("{percent:>7}")), 1)
}

fn calls(run: &RunDetail, screen: &Screen) -> String {
    if run.in_doubt == 0 && run.repeated == 0 {
        return "Calls: the answer to every one is known, and none was made twice".to_owned();
    }
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let text = format!(
        "Calls: for {} it was unknown for a while whether it took effect; {} made again after that",
        count(number(run.in_doubt), "call"),
        match run.repeated {
            1 => "1 was".to_owned(),
            repeated => format!("{repeated} were"),
        }
    );
    screen.paint(Tone::Warning, &screen.wrap("", "  ", &text))
}
