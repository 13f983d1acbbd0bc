//! Columns without lines, as nodetool prints them, that make room by leaving columns out.

use std::collections::BTreeSet;

use anstyle::AnsiColor;
use comfy_table::{Attribute, Cell, CellAlignment, Color, ColumnConstraint, Table, Width, presets};

use crate::screen::{Screen, Tone};

/// Spaces between two columns.
const GAP: u16 = 2;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    /// Whether its values end at the right, as numbers do.
    pub(crate) right: bool,
    /// How soon it is left out where there is no room, the highest first; 0 for never.
    pub(crate) dispensable: u8,
}

impl Column {
    pub(crate) const fn new(name: &'static str, right: bool, dispensable: u8) -> Self {
        Self {
            name,
            right,
            dispensable,
        }
    }

    /// Of words.
    pub(crate) const fn left(name: &'static str, dispensable: u8) -> Self {
        Self::new(name, false, dispensable)
    }
}

/// One value.
pub(crate) type Value = (String, Tone);

/// Rows of several groups under the same columns.
#[derive(Debug)]
pub(crate) struct Grid {
    columns: Vec<Column>,
    groups: Vec<Vec<Vec<Value>>>,
}

/// A grid as drawn.
#[derive(Debug)]
pub(crate) struct Drawn {
    /// Each group's rows, under its own line of column names.
    pub(crate) groups: Vec<String>,
    /// Names of columns for which there was no room.
    pub(crate) left_out: Vec<&'static str>,
}

impl Grid {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            groups: Vec::new(),
        }
    }

    /// Adds a group of rows. A row has one value for each column.
    pub(crate) fn group(&mut self, rows: Vec<Vec<Value>>) {
        self.groups.push(rows);
    }

    /// Draws it, leaving columns out until it fits. A column in which no row says anything is left out anyway.
    pub(crate) fn draw(&self, screen: &Screen) -> Drawn {
        let mut shown: BTreeSet<usize> = (0..self.columns.len())
            .filter(|index| self.says_something(*index))
            .collect();
        let mut left_out = Vec::new();
        while let Some(width) = screen.width
            && self.width(&shown) > width
        {
            let most = shown.iter().copied().max_by_key(|index| self.dispensable(*index));
            let Some(index) = most.filter(|index| self.dispensable(*index) > 0) else {
                break;
            };
            shown.remove(&index);
            left_out.extend(self.columns.get(index).map(|column| column.name));
        }
        let groups = self
            .groups
            .iter()
            .map(|rows| self.draw_group(rows, &shown, screen))
            .collect();
        Drawn { groups, left_out }
    }

    fn says_something(&self, index: usize) -> bool {
        self.dispensable(index) == 0
            || self
                .groups
                .iter()
                .flatten()
                .filter_map(|row| row.get(index))
                .any(|(text, _)| text != NOTHING)
    }

    fn dispensable(&self, index: usize) -> u8 {
        self.columns.get(index).map_or(0, |column| column.dispensable)
    }

    /// Columns of text this many grid columns take.
    fn width(&self, shown: &BTreeSet<usize>) -> usize {
        let widths = self.widths(shown);
        widths
            .iter()
            .map(|width| usize::from(*width + GAP))
            .sum::<usize>()
            .saturating_sub(usize::from(GAP))
    }

    /// The widest value of each shown column, over all groups.
    fn widths(&self, shown: &BTreeSet<usize>) -> Vec<u16> {
        let plain = Screen {
            width: None,
            colour: false,
            now: ringkeeper_seams::Timestamp::default(),
        };
        self.table(self.groups.iter().flatten(), shown, &plain)
            .column_max_content_widths()
    }

    fn draw_group(&self, rows: &[Vec<Value>], shown: &BTreeSet<usize>, screen: &Screen) -> String {
        let mut table = self.table(rows.iter(), shown, screen);
        for (column, width) in table.column_iter_mut().zip(self.widths(shown)) {
            column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + GAP)));
        }
        table.trim_fmt()
    }

    fn table<'a>(
        &self,
        rows: impl Iterator<Item = &'a Vec<Value>>,
        shown: &BTreeSet<usize>,
        screen: &Screen,
    ) -> Table {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        if screen.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let heading = self
            .columns
            .iter()
            .map(|column| cell(&(column.name.to_owned(), Tone::Faint)));
        table.set_header(only(shown, heading));
        for row in rows {
            table.add_row(only(shown, row.iter().map(cell)));
        }
        let right: Vec<_> = only(shown, self.columns.iter().map(|column| column.right));
        for (column, right) in table.column_iter_mut().zip(right) {
            column.set_padding((0, GAP));
            column.set_cell_alignment(if right {
                CellAlignment::Right
            } else {
                CellAlignment::Left
            });
        }
        table
    }
}

/// What stands where nothing is known.
pub(crate) const NOTHING: &str = "-";

/// The value, or a sign that there is none.
pub(crate) fn or_nothing(value: Option<String>) -> Value {
    (value.unwrap_or_else(|| NOTHING.to_owned()), Tone::Plain)
}

fn only<T>(shown: &BTreeSet<usize>, items: impl Iterator<Item = T>) -> Vec<T> {
    items
        .enumerate()
        .filter(|(index, _)| shown.contains(index))
        .map(|(_, item)| item)
        .collect()
}

fn cell((text, tone): &Value) -> Cell {
    let cell = Cell::new(text);
    let cell = match tone.colour() {
        Some(AnsiColor::Green) => cell.fg(Color::DarkGreen),
        Some(AnsiColor::Yellow) => cell.fg(Color::DarkYellow),
        Some(AnsiColor::Red) => cell.fg(Color::DarkRed),
        _ => cell,
    };
    match tone {
        Tone::Bad | Tone::Strong => cell.add_attribute(Attribute::Bold),
        Tone::Faint => cell.add_attribute(Attribute::Dim),
        Tone::Plain | Tone::Good | Tone::Warning => cell,
    }
}
