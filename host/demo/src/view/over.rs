//! What lies over the rest: the list of faults, and the end.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use super::{Paint, cut, titled};
use crate::fault_choice::FAULTS;
use crate::scene::{Ending, Tone};

pub(super) fn draw_faults(frame: &mut Frame<'_>, area: Rect, at: usize, node: Option<&str>, paint: Paint) {
    let height = u16::try_from(FAULTS.len()).unwrap_or(u16::MAX).saturating_add(2);
    let width = 54.min(area.width);
    let list = Rect {
        x: (area.width - width) / 2,
        y: area.height.saturating_sub(height) / 2,
        width,
        height: height.min(area.height),
    };
    let lines = FAULTS.iter().enumerate().map(|(number, fault)| {
        let style = match number == at {
            true => Style::new().add_modifier(Modifier::REVERSED),
            false => Style::new(),
        };
        Line::styled(
            cut(
                &format!(" {} {} ", number + 1, fault.words),
                width.saturating_sub(2),
            ),
            style,
        )
    });
    let title = format!(" what goes wrong at {}? ", node.unwrap_or("no node"));
    let block = Block::bordered()
        .border_style(paint.of(Tone::Warning))
        .title(title);
    frame.render_widget(Clear, list);
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()).block(block), list);
}

pub(super) fn draw_ending(frame: &mut Frame<'_>, area: Rect, ending: &Ending, paint: Paint) {
    let (tone, title) = match ending.passed {
        true => (Tone::Good, "the end: every goal was reached"),
        false => (Tone::Bad, "the end: goals were NOT reached"),
    };
    // What was reached matters most, so it is the list of faults that gives way.
    let others = ending.did.len() + ending.goals.len() + 1;
    let room = usize::from(area.height).saturating_sub(others);
    let mut wrong = ending.wrong.clone();
    if wrong.len() > room {
        wrong.truncate(room.saturating_sub(1));
        wrong.push(format!("and {} more", ending.wrong.len() - wrong.len()));
    }
    let mut lines = Vec::new();
    for (heading, rows, tone) in [
        ("went wrong", &wrong, Tone::Warning),
        ("was done", &ending.did, Tone::Plain),
        ("goals", &ending.goals, tone),
    ] {
        for (at, row) in rows.iter().enumerate() {
            let heading = if at == 0 { heading } else { "" };
            lines.push(Line::from(vec![
                Span::styled(
                    format!(" {heading:<11} "),
                    Style::new().add_modifier(Modifier::BOLD),
                ),
                Span::styled(cut(row, area.width.saturating_sub(13)), paint.of(tone)),
            ]));
        }
    }
    frame.render_widget(Paragraph::new(lines).block(titled(title, paint)), area);
}
