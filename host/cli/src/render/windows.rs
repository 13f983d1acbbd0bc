//! Windows and freezes.

use ringkeeper_api::{OpeningRow, WindowKind, WindowRow, WindowState};

use super::grid::{Column, Grid, NOTHING, Value};
use super::quantity::ahead;
use super::schedules::local;
use crate::screen::{Screen, Tone};

/// Windows and freezes in a line each, windows first; below them what contradicts them.
pub(crate) fn list(rows: &[WindowRow], screen: &Screen) -> String {
    if rows.is_empty() {
        return "Work may happen at any time: there is no window and no freeze. To add one: [[window]] and [[freeze]] in \
                the configuration\n"
            .to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::left("Name", 0),
        Column::left("State", 0),
        Column::left("What", 1),
        Column::left("Where", 2),
        Column::left("When", 3),
        Column::left("Reason", 4),
        Column::left("Then", 5),
        Column::left("Origin", 6),
    ]);
    let of = |kind| rows.iter().filter(move |row| row.kind == kind);
    for kind in [WindowKind::Window, WindowKind::Freeze] {
        if of(kind).next().is_some() {
            grid.group(of(kind).map(|row| line(row, screen)).collect());
        }
    }
    let drawn = grid.draw(screen);
    let mut blocks = drawn.groups;
    let notes: Vec<_> = rows.iter().flat_map(|row| &row.notes).collect();
    if !notes.is_empty() {
        let note = |note: &&String| {
            let text = screen.wrap("######## ", "         ", note);
            text.replacen("########", &screen.paint(Tone::Warning, "note:   "), 1)
        };
        blocks.push(notes.iter().map(note).collect::<Vec<_>>().join("\n"));
    }
    blocks.join("\n\n") + "\n"
}

fn line(row: &WindowRow, screen: &Screen) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    // What comes first stands in the state, unless something is under way.
    let said = usize::from(row.until.is_none());
    let then: Vec<_> = row
        .next
        .iter()
        .skip(said)
        .map(|next| then(*next, &row.zone))
        .collect();
    vec![
        plain(row.name.clone()),
        state(row, screen),
        plain(row.impacts.join(", ")),
        plain(place(row)),
        plain(when(row)),
        plain(row.reason.clone().unwrap_or_else(|| NOTHING.to_owned())),
        plain(if then.is_empty() {
            NOTHING.to_owned()
        } else {
            then.join(", ")
        }),
        plain(row.origin.clone()),
    ]
}

/// How it is, and when that ends: `open until …`, `closed until …`.
fn state(row: &WindowRow, screen: &Screen) -> Value {
    let (word, tone) = match row.state {
        WindowState::Open => ("open until", Tone::Good),
        WindowState::Closed => ("closed until", Tone::Plain),
        WindowState::Holds => ("HOLDS until", Tone::Warning),
        WindowState::Comes => ("comes", Tone::Plain),
        WindowState::Over => return ("over".to_owned(), Tone::Faint),
    };
    let changes = row.until.or_else(|| row.next.first().map(|next| next.from));
    let text = match changes {
        Some(at) => format!("{word} {} ({})", local(at, &row.zone), ahead(screen.now, at)),
        None => format!("{word} the calendar's end"),
    };
    (text, tone)
}

/// What it is about: `everywhere`, `shop`, `dc1, dc2 of shop`.
fn place(row: &WindowRow) -> String {
    match (row.data_centres.as_slice(), &row.cluster) {
        ([], None) => "everywhere".to_owned(),
        ([], Some(cluster)) => cluster.clone(),
        (some, None) => some.join(", "),
        (some, Some(cluster)) => format!("{} of {cluster}", some.join(", ")),
    }
}

/// As it was written: `sat, sun 22:00 to 04:00 Europe/Berlin`.
fn when(row: &WindowRow) -> String {
    let days: Vec<_> = row.days.iter().map(|day| day.name()).collect();
    let days = match (row.kind, days.as_slice()) {
        (WindowKind::Freeze, _) => String::new(),
        (WindowKind::Window, []) => "daily ".to_owned(),
        (WindowKind::Window, days) => days.join(", ") + " ",
    };
    format!("{days}{} to {} {}", row.from, row.to, row.zone)
}

/// A later opening, without its zone, which stands beside it.
fn then(opening: OpeningRow, zone: &str) -> String {
    let text = local(opening.from, zone);
    text.rsplit_once(' ')
        .map_or(text.clone(), |(moment, _)| moment.to_owned())
}
