//! How far a run is, for the foot of a terminal.

use ringkeeper_api::{RunDetail, RunSummary};

use super::quantity::span;
use super::runs::{left, percent};
use super::steps::{goes_on, word};
use crate::screen::Screen;

/// A share as a number of `pieces`.
pub(crate) fn pieces(share: f64, pieces: u16) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of pieces"
    )]
    let done = (share.clamp(0.0, 1.0) * f64::from(pieces)).floor() as u64;
    done
}

/// `37%  190 of 512 steps, 1 failed, about 1 h 20 min left`.
pub(crate) fn how_far(run: &RunSummary) -> String {
    let mut text = format!(
        "{}  {} of {} steps",
        percent(run.progress),
        run.steps_done,
        run.steps
    );
    if run.steps_failed > 0 {
        text += &format!(", {} failed", run.steps_failed);
    }
    if run.state != "Running" {
        text += &format!(", {}", run.state.to_lowercase());
    }
    if let Some(left) = left(run) {
        text += &format!(", {left} left");
    }
    text
}

/// What it does now, and what it waits for: a line each, no longer than the screen is wide.
pub(crate) fn now(run: &RunDetail, screen: &Screen) -> String {
    let busy: Vec<_> = run.step_rows.iter().filter(|step| goes_on(step)).collect();
    let mut parts = Vec::new();
    if let Some(first) = busy.first() {
        let since = first
            .started_at
            .map(|started| format!(" for {}", span(screen.now.since(started))))
            .unwrap_or_default();
        let more = match busy.len() {
            1 => String::new(),
            number => format!(" (and {} more)", number - 1),
        };
        parts.push(format!("{}{since}: {}{more}", word(&first.state), first.title));
    }
    if let Some(reason) = run.run.blocked_by.first() {
        let more = match run.run.blocked_by.len() {
            1 => String::new(),
            number => format!(" (and {} more reasons)", number - 1),
        };
        parts.push(format!("it waits: {reason}{more}"));
    }
    let lines = parts
        .iter()
        .map(|part| cut(part, screen.width.unwrap_or(usize::MAX)));
    lines.collect::<Vec<_>>().join("\n")
}

/// The beginning of a text, as much as fits.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
