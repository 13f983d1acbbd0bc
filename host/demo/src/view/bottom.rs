//! What happened, and which keys there are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Paint, cut, titled};
use crate::keys::Choice;
use crate::scene::{Scene, Told, Tone};

/// Columns before the text of an event.
const BEFORE: u16 = 18;

pub(super) fn draw_events(frame: &mut Frame<'_>, area: Rect, scene: &Scene, paint: Paint) {
    let room = usize::from(area.height.saturating_sub(1));
    let newest = scene.events.iter().rev().take(room).rev();
    let mut lines: Vec<Line<'_>> = newest.flat_map(|told| rows(told, area.width, paint)).collect();
    let old = lines.len().saturating_sub(room);
    lines.drain(..old);
    let block = titled("events: what happens, newest last", paint);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn rows(told: &Told, width: u16, paint: Paint) -> Vec<Line<'static>> {
    let room = usize::from(width.saturating_sub(BEFORE).max(20));
    let mut rows = textwrap::wrap(&told.text, room)
        .into_iter()
        .map(|part| part.into_owned());
    let head = Line::from(vec![
        Span::styled(format!(" {} ", told.clock), paint.of(Tone::Faint)),
        Span::styled(format!("{:<6}  ", told.who.word()), paint.of(Tone::Faint)),
        Span::styled(rows.next().unwrap_or_default(), paint.of(told.tone)),
    ]);
    let rest = rows.map(|part| {
        let indent = " ".repeat(usize::from(BEFORE));
        Line::styled(format!("{indent}{part}"), paint.of(told.tone))
    });
    std::iter::once(head).chain(rest).collect()
}

pub(super) fn draw_keys(frame: &mut Frame<'_>, area: Rect, scene: &Scene, choice: Choice, paint: Paint) {
    let keys = match scene {
        _ if choice.fault.is_some() => " up/down choose   enter let it strike   esc not now",
        Scene { ending: Some(_), .. } => " q quit",
        _ if scene.waits_for_a_word() => {
            " a approve what waits   f fault   arrows node   space pause   +/- speed   q quit"
        }
        _ => " f inject a fault   arrows choose a node   space pause   +/- speed   q quit",
    };
    let line = match scene.notice.as_str() {
        "" => Line::styled(keys, paint.of(Tone::Busy)),
        notice => Line::styled(cut(&format!(" {notice}"), area.width), paint.of(Tone::Warning)),
    };
    frame.render_widget(Paragraph::new(line), area);
}
