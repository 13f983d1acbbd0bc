//! The ring: a column for each data centre, a line for each node.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Paint, cut, titled};
use crate::keys::Choice;
use crate::scene::{NodeRow, Scene};

pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, scene: &Scene, choice: Choice, paint: Paint) {
    let columns = Layout::horizontal(scene.centres.iter().map(|_| Constraint::Fill(1))).split(area);
    let mut number = 0;
    for (centre, column) in scene.centres.iter().zip(columns.iter()) {
        let mut lines = Vec::new();
        for node in &centre.nodes {
            lines.push(row(node, number == choice.node, column.width, paint));
            number += 1;
        }
        let title = format!("data centre {}", centre.name);
        frame.render_widget(Paragraph::new(lines).block(titled(title, paint)), *column);
    }
}

fn row(node: &NodeRow, is_chosen: bool, width: u16, paint: Paint) -> Line<'static> {
    let (_, place) = node.place.split_once('/').unwrap_or(("", &node.place));
    let style = match is_chosen {
        true => Style::new().add_modifier(Modifier::REVERSED),
        false => Style::new(),
    };
    let mark = if is_chosen { ">" } else { " " };
    let mut spans = vec![
        Span::styled(format!("{mark}{place:<5}"), style),
        Span::styled(format!(" {:<8}", node.state), paint.of(node.tone)),
    ];
    let mut left = width.saturating_sub(15);
    for (at, (tone, note)) in node.notes.iter().enumerate() {
        let text = if at == 0 {
            note.clone()
        } else {
            format!(", {note}")
        };
        let shown = cut(&text, left);
        left = left.saturating_sub(u16::try_from(shown.chars().count()).unwrap_or(u16::MAX));
        spans.push(Span::styled(shown, paint.of(*tone)));
        if left < 3 {
            break;
        }
    }
    Line::from(spans)
}
