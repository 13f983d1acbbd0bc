//! Runs in a line each.

use std::time::Duration;

use ringkeeper_api::RunSummary;
use ringkeeper_plan::Cause;

use super::grid::{Column, Grid, NOTHING, Value, or_nothing};
use super::quantity::{ago, count, lasting, span};
use crate::screen::{Screen, Tone};

/// The state of a run that a person must approve.
const AWAITING: &str = "AwaitingApproval";

/// Runs, newest first as they are given, and below them what those that wait wait for.
pub(crate) fn list(runs: &[RunSummary], screen: &Screen) -> String {
    if runs.is_empty() {
        return "No runs.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::new("Run", false, 0),
        Column::new("Operation", false, 0),
        Column::new("State", false, 0),
        Column::new("Done", true, 0),
        Column::new("Steps", true, 2),
        Column::new("Failed", true, 4),
        Column::new("Left", false, 1),
        Column::new("Opened", false, 3),
        Column::new("Took", false, 5),
        Column::new("By", false, 6),
        Column::new("Cluster", false, 7),
    ]);
    grid.group(runs.iter().map(|run| row(run, screen)).collect());
    let mut text = grid.draw(screen).groups.concat() + "\n";
    for run in runs {
        for reason in &run.blocked_by {
            let line = screen.wrap(&format!("{} waits: ", run.id), "    ", reason);
            text += &format!("\n{}", screen.paint(Tone::Warning, &line));
        }
        text += &approve(run)
            .map(|command| format!("\n    {command}"))
            .unwrap_or_default();
        if tone(&run.state) == Tone::Bad && !run.summary.is_empty() {
            text += &format!(
                "\n{}",
                screen.wrap(&format!("{}: ", run.id), "    ", &run.summary)
            );
        }
    }
    text.trim_end().to_owned() + "\n"
}

fn row(run: &RunSummary, screen: &Screen) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    let failed = match run.steps_failed {
        0 => (NOTHING.to_owned(), Tone::Plain),
        failed => (failed.to_string(), Tone::Bad),
    };
    vec![
        plain(run.id.clone()),
        plain(run.operation.clone()),
        (run.state.clone(), tone(&run.state)),
        plain(percent(run.progress)),
        plain(format!("{}/{}", run.steps_done, run.steps)),
        failed,
        or_nothing(left(run)),
        plain(ago(screen.now, run.opened_at)),
        or_nothing(run.ended_at.map(|ended| span(ended.since(run.opened_at)))),
        plain(by(run.cause).to_owned()),
        plain(run.cluster.clone()),
    ]
}

/// A run that was just opened.
pub(crate) fn opened(run: &RunSummary, screen: &Screen) -> String {
    let heading = format!("Run {} was opened: {}", run.id, run.title);
    let id = &run.id;
    let mut text = format!(
        "{}\n  {} of {}: {}\n",
        screen.paint(Tone::Strong, &heading),
        run.operation,
        run.cluster,
        state(run, screen),
    );
    if let Some(approval) = run.approval.as_ref().filter(|_| run.state == AWAITING) {
        let reason = screen.wrap("  Waits for a person's word: ", "    ", &approval.reason);
        text += &screen.paint(Tone::Warning, &reason);
        text += &format!("\n  Judge it:  ringkeeper runs approve {id}\n");
    }
    text + &format!("  Follow it: ringkeeper runs follow {id}\n  End it:    ringkeeper runs cancel {id}\n")
}

/// The command that approves what a run waits with, in one piece, so that it can be copied.
pub(super) fn approve(run: &RunSummary) -> Option<String> {
    let approval = run.approval.as_ref().filter(|_| run.state == AWAITING)?;
    Some(format!("ringkeeper runs approve {} {}", run.id, approval.hash))
}

/// A run that was told to do something.
pub(crate) fn told(run: &RunSummary, screen: &Screen) -> String {
    let hint = match run.state.as_str() {
        "Paused" => format!(
            "\n  What runs is left to end. Go on: ringkeeper runs resume {}",
            run.id
        ),
        "Cancelling" => format!(
            "\n  It ends when what runs has ended. See it: ringkeeper runs follow {}",
            run.id
        ),
        _ => String::new(),
    };
    format!("Run {}: {}{hint}\n", run.id, state(run, screen))
}

/// State and progress in a phrase: `Running, 37% (190 of 512 steps), about 1 h 20 min left`.
pub(crate) fn state(run: &RunSummary, screen: &Screen) -> String {
    let mut facts = vec![screen.paint(tone(&run.state), &run.state)];
    facts.push(format!(
        "{} ({} of {})",
        percent(run.progress),
        run.steps_done,
        count(run.steps, "step")
    ));
    if run.steps_failed > 0 {
        let failed = format!("{} failed", count(run.steps_failed, "step"));
        facts.push(screen.paint(Tone::Bad, &failed));
    }
    facts.extend(left(run).map(|left| format!("{left} left")));
    facts.join(", ")
}

/// How long it will still take.
pub(super) fn left(run: &RunSummary) -> Option<String> {
    let seconds = run.eta_seconds.filter(|_| run.ended_at.is_none())?;
    Some(format!("about {}", lasting(Duration::from_secs(seconds))))
}

/// A share in whole percent, rounded down: 100% is done.
pub(crate) fn percent(share: f64) -> String {
    format!("{}%", super::progress::pieces(share, 100))
}

/// Why it runs, in a word or two.
pub(crate) const fn by(cause: Cause) -> &'static str {
    match cause {
        Cause::Schedule => "its schedule",
        Cause::Person => "a person",
        Cause::Event => "an event",
    }
}

/// The colour of the state of a run.
pub(crate) fn tone(state: &str) -> Tone {
    match state {
        "Succeeded" => Tone::Good,
        AWAITING | "Paused" | "Cancelling" | "Cancelled" => Tone::Warning,
        "Failed" | "Refused" => Tone::Bad,
        _ => Tone::Plain,
    }
}
