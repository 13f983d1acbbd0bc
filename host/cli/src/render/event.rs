//! Events of a run, in a line each.

use ringkeeper_api::EventRow;
use ringkeeper_journal::{EffectResult, Event, RunEvent, StepEnd};

use crate::screen::{Screen, Tone};

/// A line for a person; none for what a person need not see go by, as every call that begins.
pub(crate) fn line(row: &EventRow, screen: &Screen) -> Option<String> {
    let tone = match event(row) {
        Some(Event::Run { what, .. }) => tone(&what)?,
        // Of a later version of the host, or about something else.
        _ => Tone::Plain,
    };
    let at = row.at.to_string();
    let clock: String = at.chars().skip_while(|c| *c != 'T').skip(1).take(8).collect();
    Some(screen.paint(
        tone,
        &screen.wrap(&format!("{clock}Z  "), "           ", &row.text),
    ))
}

/// The state in which the run ended, where this is its end.
pub(crate) fn ended(row: &EventRow) -> Option<String> {
    match event(row) {
        Some(Event::Run {
            what: RunEvent::Closed { state, .. },
            ..
        }) => Some(state.to_string()),
        _ => None,
    }
}

fn event(row: &EventRow) -> Option<Event> {
    serde_json::from_value(row.event.clone()).ok()
}

fn tone(what: &RunEvent) -> Option<Tone> {
    match what {
        // What takes a node away is seen to go by, as what brings it back is.
        RunEvent::Intended(intent) if intent.undo.is_some() => Some(Tone::Warning),
        RunEvent::StepStarted { .. }
        | RunEvent::Intended(_)
        | RunEvent::Taken { .. }
        | RunEvent::NodesTaken { .. }
        | RunEvent::NodesLeft { .. } => None,
        RunEvent::Calling { .. } => Some(Tone::Plain),
        RunEvent::Undone { .. } | RunEvent::Approved { .. } => Some(Tone::Good),
        RunEvent::ApprovalAsked { .. } | RunEvent::Rejected { .. } => Some(Tone::Warning),
        RunEvent::UndoFails { .. } | RunEvent::Overstepped { .. } | RunEvent::Broke { .. } => Some(Tone::Bad),
        RunEvent::Blocked { blocks, .. } if blocks.is_empty() => Some(Tone::Plain),
        RunEvent::Blocked { .. } => Some(Tone::Warning),
        RunEvent::Opened(_) | RunEvent::Extended { .. } => Some(Tone::Plain),
        RunEvent::State { .. } | RunEvent::Replanned { .. } | RunEvent::InDoubt { .. } => Some(Tone::Warning),
        RunEvent::StepEnded { end, .. } => Some(match end {
            StepEnd::Done { .. } => Tone::Good,
            StepEnd::Postponed { .. } => Tone::Warning,
            StepEnd::Failed { .. } => Tone::Bad,
            StepEnd::Skipped { .. } => Tone::Faint,
        }),
        RunEvent::Ended { result, .. } => match result {
            // Its step says so when it ends.
            EffectResult::Done { .. } => None,
            EffectResult::Failed { .. } | EffectResult::Lost { .. } => Some(Tone::Bad),
            EffectResult::NotStarted { .. } | EffectResult::Cancelled => Some(Tone::Warning),
        },
        RunEvent::Closed { state, .. } => Some(super::runs::tone(&state.to_string())),
    }
}
