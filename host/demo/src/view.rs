//! Draws one scene: pure, the same scene is the same picture.

mod bottom;
mod middle;
mod over;
mod ring;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph};

use crate::keys::Choice;
use crate::scene::{Scene, Tone};

/// Draws a scene over the whole terminal.
pub(crate) fn draw(frame: &mut Frame<'_>, scene: &Scene, choice: Choice, colour: bool) {
    let paint = Paint { colour };
    let area = frame.area();
    let of_ring = scene
        .centres
        .iter()
        .map(|centre| centre.nodes.len())
        .max()
        .unwrap_or(0);
    let of_ring = u16::try_from(of_ring).unwrap_or(u16::MAX).saturating_add(1);
    // What is left is shared out; on small terminals runs, findings and events have just what is most telling.
    let left = area.height.saturating_sub(of_ring.saturating_add(3));
    let of_runs = (left * 2 / 5).clamp(4, 14);
    let of_findings = (left / 4).clamp(3, 8);
    let [head, ring, runs, findings, events, foot] = Layout::vertical([
        Constraint::Length(2),
        Constraint::Length(of_ring),
        Constraint::Length(of_runs),
        Constraint::Length(of_findings),
        Constraint::Min(2),
        Constraint::Length(1),
    ])
    .areas(area);
    header(frame, head, scene, paint);
    ring::draw(frame, ring, scene, choice, paint);
    match &scene.ending {
        Some(ending) => {
            let rest = Rect {
                height: runs.height + findings.height + events.height,
                ..runs
            };
            over::draw_ending(frame, rest, ending, paint);
        }
        None => {
            middle::draw_runs(frame, runs, scene, paint);
            middle::draw_findings(frame, findings, scene, paint);
            bottom::draw_events(frame, events, scene, paint);
        }
    }
    bottom::draw_keys(frame, foot, scene, choice, paint);
    if let Some(at) = choice.fault {
        over::draw_faults(frame, area, at, choice.place(scene).as_deref(), paint);
    }
}

fn header(frame: &mut Frame<'_>, area: Rect, scene: &Scene, paint: Paint) {
    let nodes: usize = scene.centres.iter().map(|centre| centre.nodes.len()).sum();
    let what = match nodes {
        0 => " Ringkeeper demo: starting the host and its cluster...".to_owned(),
        _ => format!(" Ringkeeper keeps a Cassandra cluster of {nodes} nodes healthy while things go wrong."),
    };
    let state = match scene {
        _ if scene.ending.is_some() => "the end".to_owned(),
        Scene { paused: true, .. } => "PAUSED".to_owned(),
        Scene {
            host_is_dead: true, ..
        } => "RINGKEEPER IS DEAD".to_owned(),
        _ => format!("{}x real time", scene.speed),
    };
    let far = format!(
        " {}  {} of {}  {state}",
        scene.clock,
        hours(scene.told.as_secs()),
        hours(scene.horizon.as_secs())
    );
    let lines = vec![
        Line::styled(what, Style::new().add_modifier(Modifier::BOLD)),
        Line::from(vec![
            Span::styled(far, paint.of(Tone::Busy)),
            Span::styled("  real host, simulated nodes", paint.of(Tone::Faint)),
        ]),
    ];
    frame.render_widget(Paragraph::new(lines), area);
}

fn hours(seconds: u64) -> String {
    format!("{}:{:02} h", seconds / 3_600, seconds / 60 % 60)
}

/// A block with a title and nothing but a line above it.
fn titled(title: impl Into<String>, paint: Paint) -> Block<'static> {
    Block::new()
        .borders(Borders::TOP)
        .border_style(paint.of(Tone::Faint))
        .title(Span::styled(
            format!(" {} ", title.into()),
            Style::new().add_modifier(Modifier::BOLD),
        ))
}

/// The beginning of a text, as much as fits.
fn cut(text: &str, width: u16) -> String {
    let width = usize::from(width);
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// How tones look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    pub(crate) colour: bool,
}

impl Paint {
    fn of(self, tone: Tone) -> Style {
        let style = match tone {
            Tone::Bad => Style::new().add_modifier(Modifier::BOLD),
            Tone::Faint => Style::new().add_modifier(Modifier::DIM),
            Tone::Plain | Tone::Good | Tone::Busy | Tone::Warning => Style::new(),
        };
        let colour = match tone {
            Tone::Good => Color::Green,
            Tone::Busy => Color::Cyan,
            Tone::Warning => Color::Yellow,
            Tone::Bad => Color::Red,
            Tone::Plain | Tone::Faint => return style,
        };
        if self.colour { style.fg(colour) } else { style }
    }
}
