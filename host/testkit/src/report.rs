//! What a person is shown of a story that failed.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{Event, RunEvent};
use ringkeeper_sim::{Happening, LifecycleChange};

use crate::log::{Entry, HostChange, Line};
use crate::outcome::{End, Outcome};

/// How a story ended, in words.
#[must_use]
pub fn end_in_words(end: &End) -> String {
    match end {
        End::Passed => "passed".to_owned(),
        End::Violated(violation) => format!("invariant {violation}"),
        End::Unreached(goals) => format!("goals not reached: {}", goals.join("; ")),
        End::NoHost(reason) => format!("the host does not start: {reason}"),
    }
}

/// The command that tells the story again.
#[must_use]
pub fn reproduce(scenario: &str, seed: u64, extra: &str) -> String {
    format!("ringkeeper simulate {scenario} --seeds {seed}{extra}")
}

/// The last `most` lines of a story, each with a column for every node: `.` serves, `x` is down, `v` is being taken down
/// or started by the host.
#[must_use]
pub fn columns(outcome: &Outcome, most: usize) -> String {
    let mut marks: BTreeMap<NodeId, char> = outcome.nodes.iter().map(|(_, node)| (*node, '.')).collect();
    let names: BTreeMap<NodeId, &str> = outcome
        .nodes
        .iter()
        .map(|(name, node)| (*node, name.as_str()))
        .collect();
    let begin = outcome.log.first().map(|line| line.at).unwrap_or_default();
    let mut rows = Vec::new();
    for line in &outcome.log {
        mark(&mut marks, line);
        let Some(text) = words(line, &names) else { continue };
        let row: String = outcome
            .nodes
            .iter()
            .map(|(_, node)| marks.get(node).copied().unwrap_or('?'))
            .collect();
        rows.push(format!("{:>11}  {row}  {text}", clock(line.at.since(begin))));
    }
    let from = rows.len().saturating_sub(most);
    let mut shown = vec![format!(
        "{:>11}  nodes in order: {}",
        "",
        outcome
            .nodes
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    )];
    if from > 0 {
        shown.push(format!("{:>11}  ... {from} lines before", ""));
    }
    shown.extend(rows.into_iter().skip(from));
    shown.join("\n")
}

/// The time since the beginning: `1d 07:05:09`.
fn clock(since: Duration) -> String {
    let seconds = since.as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let time = format!("{hours:02}:{:02}:{:02}", seconds / 60 % 60, seconds % 60);
    match days {
        0 => time,
        _ => format!("{days}d {time}"),
    }
}

fn mark(marks: &mut BTreeMap<NodeId, char>, line: &Line) {
    let (node, mark) = match &line.entry {
        Entry::Cluster(Happening::Down(node)) => (*node, 'x'),
        Entry::Cluster(Happening::Up(node)) => (*node, '.'),
        Entry::Cluster(Happening::Process(event)) => match event.what {
            LifecycleChange::Drained | LifecycleChange::Started => (event.node, 'v'),
            LifecycleChange::Stopped | LifecycleChange::Died => (event.node, 'x'),
            LifecycleChange::Joined => (event.node, '.'),
        },
        _ => return,
    };
    marks.insert(node, mark);
}

fn words(line: &Line, names: &BTreeMap<NodeId, &str>) -> Option<String> {
    let name = |node: &NodeId| names.get(node).copied().unwrap_or("?");
    Some(match &line.entry {
        Entry::Host(HostChange::Killed) => "host killed".to_owned(),
        Entry::Host(HostChange::Doubled) => "a second host starts beside the first".to_owned(),
        Entry::Host(HostChange::Alone) => "the first host is ended".to_owned(),
        Entry::Host(HostChange::Started { without }) if without.is_empty() => "host started".to_owned(),
        Entry::Host(HostChange::Started { without }) => {
            let lacking: Vec<String> = without
                .iter()
                .map(|(plugin, grant)| format!("{plugin} without {grant}"))
                .collect();
            format!("host started, {}", lacking.join(", "))
        }
        Entry::Strikes(fault) => format!("fault {fault}"),
        Entry::Over(fault) => format!("over  {fault}"),
        Entry::Spared(..) => return None,
        Entry::Cluster(Happening::Down(node)) => format!("{} down", name(node)),
        Entry::Cluster(Happening::Up(node)) => format!("{} up", name(node)),
        Entry::Cluster(Happening::Process(event)) => {
            format!(
                "{} {}",
                name(&event.node),
                format!("{:?}", event.what).to_lowercase()
            )
        }
        Entry::Cluster(Happening::RepairBegan(place)) => format!("repair {place} began"),
        Entry::Cluster(Happening::RepairEnded(place)) => format!("repair {place} ended"),
        Entry::Journal(_, recorded) => return of_journal(&recorded.event, names),
        Entry::Asked {
            operation,
            answer: Ok(run),
        } => format!("asked for {operation}: {run}"),
        Entry::Asked {
            operation,
            answer: Err(error),
        } => format!("asked for {operation}: {error}"),
        Entry::Word { run, answer: Ok(()) } => format!("a person approves {run}"),
        Entry::Word {
            run,
            answer: Err(error),
        } => format!("a person approves {run} in vain: {error}"),
        Entry::Foreign(place) => format!("another tool began repair {place}"),
        Entry::Healing => "everything is mended".to_owned(),
    })
}

fn of_journal(event: &Event, names: &BTreeMap<NodeId, &str>) -> Option<String> {
    let name = |node: &NodeId| names.get(node).copied().unwrap_or("?");
    Some(match event {
        Event::FindingOpened { finding, .. } => format!("finding {} opened", finding.key),
        Event::FindingCleared { key, .. } => format!("finding {key} cleared"),
        Event::Run { run, what } => match what {
            RunEvent::Opened(opened) => format!("{run} opened: {}", opened.operation),
            RunEvent::StepStarted { step, attempt, .. } => format!("{run} step {step} attempt {attempt}"),
            RunEvent::StepEnded { step, end } => {
                let end = format!("{end:?}");
                let end = end.split([' ', '{']).next().unwrap_or_default().to_lowercase();
                format!("{run} step {step} {end}")
            }
            RunEvent::Intended(intent) => {
                let call = format!("{:?}", intent.call);
                let call = call.split([' ', '{']).next().unwrap_or_default().to_lowercase();
                format!("{} intends {call} on {}", intent.effect, name(&intent.node))
            }
            RunEvent::Calling { effect, part } => format!("{effect} calls {part}"),
            RunEvent::InDoubt { effect, .. } => format!("{effect} in doubt"),
            RunEvent::Ended { effect, result } => {
                let result = format!("{result:?}");
                format!(
                    "{effect} {}",
                    result.split([' ', '{']).next().unwrap_or_default().to_lowercase()
                )
            }
            RunEvent::Undone { effect, .. } => format!("{effect} undone"),
            RunEvent::UndoFails { effect, reason } => format!("{effect} undo fails: {reason}"),
            RunEvent::Closed { state, summary, .. } => format!("{run} {state}: {summary}"),
            RunEvent::Blocked { step, blocks } => {
                let rules: Vec<&str> = blocks.iter().map(|block| block.rule.as_str()).collect();
                format!(
                    "{run} step {step} held up by {}",
                    if rules.is_empty() {
                        "nothing".to_owned()
                    } else {
                        rules.join(", ")
                    }
                )
            }
            RunEvent::State { state, .. } => format!("{run} is {state}"),
            RunEvent::ApprovalAsked { reason, .. } => format!("{run} waits for a person's word: {reason}"),
            RunEvent::Approved { by, .. } => format!("{run} was approved by {by}"),
            RunEvent::Rejected { reason, .. } => format!("{run} was not approved: {reason}"),
            RunEvent::Replanned { reason, .. } => format!("{run} was planned anew: {reason}"),
            _ => return None,
        },
        _ => return None,
    })
}
