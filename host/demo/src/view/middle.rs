//! What the host works on, and what it finds wrong.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Paint, cut, titled};
use crate::scene::{AWAITING, RunRow, Scene, Tone};

/// Characters of a bar.
const BAR: usize = 20;

pub(super) fn draw_runs(frame: &mut Frame<'_>, area: Rect, scene: &Scene, paint: Paint) {
    let open = scene.runs.iter().filter(|run| run.is_open).count();
    let title = format!("runs: what Ringkeeper works on ({open})");
    let room = usize::from(area.height.saturating_sub(1));
    let mut lines = Vec::new();
    if scene.runs.is_empty() {
        lines.push(Line::styled(
            " nothing yet: it only watches",
            paint.of(Tone::Faint),
        ));
    }
    // Each that goes on has two lines before any has more.
    let more = room.saturating_sub(scene.runs.len() + open) / open.max(1);
    for run in &scene.runs {
        lines.extend(rows(run, more, area.width, paint));
    }
    lines.truncate(room);
    frame.render_widget(Paragraph::new(lines).block(titled(title, paint)), area);
}

fn rows(run: &RunRow, more: usize, width: u16, paint: Paint) -> Vec<Line<'static>> {
    if !run.is_open {
        let tone = if run.state == "Succeeded" {
            Tone::Good
        } else {
            Tone::Bad
        };
        let text = cut(
            &format!(" {} {}: {}", run.name, run.state.to_lowercase(), run.summary),
            width,
        );
        return vec![Line::styled(text, paint.of(tone))];
    }
    let head = Line::from(vec![
        Span::raw(format!(" {:<22} ", run.name)),
        Span::styled(bar(run.progress), paint.of(Tone::Busy)),
        Span::raw(format!(
            " {:>3.0}%  {} of {} steps{}",
            run.progress * 100.0,
            run.steps_done,
            run.steps,
            if run.state == "Running" || run.state == AWAITING {
                String::new()
            } else {
                format!(", {}", run.state)
            }
        )),
    ]);
    let waits = run
        .waits
        .iter()
        .map(|why| (Tone::Warning, format!("   waits: {why}")));
    let now = run
        .now
        .iter()
        .map(|step| (Tone::Plain, format!("   now: {step}")));
    let options = textwrap::Options::new(usize::from(width.max(20))).subsequent_indent("          ");
    let below = now.chain(waits).flat_map(|(tone, text)| {
        let parts: Vec<_> = textwrap::wrap(&text, &options)
            .into_iter()
            .map(|part| (tone, part.into_owned()))
            .collect();
        parts
    });
    let below = below
        .take(more.saturating_add(1))
        .map(|(tone, text)| Line::styled(text, paint.of(tone)));
    std::iter::once(head).chain(below).collect()
}

fn bar(progress: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length of the bar"
    )]
    let full = (progress.clamp(0.0, 1.0) * BAR as f64).floor() as usize;
    format!("[{}{}]", "#".repeat(full), ".".repeat(BAR.saturating_sub(full)))
}

pub(super) fn draw_findings(frame: &mut Frame<'_>, area: Rect, scene: &Scene, paint: Paint) {
    let count = scene.findings.len();
    let room = usize::from(area.height.saturating_sub(1));
    let mut lines: Vec<Line<'_>> = scene
        .findings
        .iter()
        .map(|finding| {
            let text = cut(&finding.title, area.width.saturating_sub(11));
            Line::from(vec![
                Span::styled(format!(" {:<8} ", finding.severity), paint.of(finding.tone)),
                Span::raw(text),
            ])
        })
        .collect();
    if lines.is_empty() {
        lines.push(Line::styled(" nothing is wrong", paint.of(Tone::Good)));
    }
    let mut title = format!("findings: what it sees wrong ({count})");
    if count > room {
        lines.truncate(room);
        title += &format!(", the worst {room}");
    }
    frame.render_widget(Paragraph::new(lines).block(titled(title, paint)), area);
}
