//! How far tables are repaired.

use std::time::Duration;

use ringkeeper_api::CoverageRow;

use super::grid::{Column, Grid, Value};
use super::quantity::{ago, lasting, span};
use crate::screen::{Screen, Tone};

/// Below this, what is left of gc_grace stands out.
const SOON_SECONDS: i64 = 2 * 86_400;

/// What stands where no repair is known.
const NEVER: &str = "never";

/// Tables, the most urgent first as they are given.
pub(crate) fn coverage(rows: &[CoverageRow], screen: &Screen) -> String {
    if rows.is_empty() {
        return "No tables that more than one node holds.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::new("Table", false, 0),
        Column::new("Covered", true, 0),
        Column::new("Oldest repair", false, 0),
        Column::new("Safe for", false, 0),
        Column::new("gc_grace", true, 2),
        Column::new("Last repair", false, 3),
        Column::new("By", false, 1),
        Column::new("Waits longest", false, 4),
    ]);
    grid.group(rows.iter().map(|row| self::row(row, screen)).collect());
    let mut blocks = vec![grid.draw(screen).groups.concat()];
    blocks.extend(notes(rows).iter().map(|note| screen.wrap("", "  ", note)));
    blocks.join("\n\n") + "\n"
}

fn row(row: &CoverageRow, screen: &Screen) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    let tone = urgency(row);
    let never = || NEVER.to_owned();
    vec![
        plain(format!("{}.{}", row.keyspace, row.table)),
        // Rounded down, so that 100% is all of it.
        (
            format!("{:.1}%", (row.covered_percent * 10.0).floor() / 10.0),
            tone,
        ),
        (row.repaired_at.map_or_else(never, |at| ago(screen.now, at)), tone),
        (safe_for(row), tone),
        plain(lasting(Duration::from_secs(row.gc_grace_seconds))),
        plain(row.last_repair_at.map_or_else(never, |at| ago(screen.now, at))),
        super::grid::or_nothing((!row.repaired_by.is_empty()).then(|| row.repaired_by.join(", "))),
        super::grid::or_nothing(row.oldest_range.clone()),
    ]
}

/// How long deleted data of the whole table is sure to stay deleted.
fn safe_for(row: &CoverageRow) -> String {
    match row.left_seconds {
        None => "not known".to_owned(),
        Some(left) if left < 0 => format!("PAST by {}", span(Duration::from_secs(left.unsigned_abs()))),
        Some(left) => lasting(Duration::from_secs(left.unsigned_abs())),
    }
}

fn urgency(row: &CoverageRow) -> Tone {
    match row.left_seconds {
        Some(left) if left < 0 => Tone::Bad,
        Some(left) if left >= SOON_SECONDS => Tone::Good,
        Some(_) | None => Tone::Warning,
    }
}

fn notes(rows: &[CoverageRow]) -> Vec<String> {
    let mut notes = Vec::new();
    if rows.iter().any(|row| row.repaired_at.is_none()) {
        notes.push(format!(
            "{NEVER}: for at least one range of the table no repair is known, neither in the host's own records nor in those the nodes \
             keep. It may have been repaired before these records begin; nothing shows that it was."
        ));
    }
    if rows
        .iter()
        .any(|row| row.left_seconds.is_some_and(|left| left < 0))
    {
        notes.push(
            "PAST: the last repair of a range is longer ago than gc_grace. A node that missed a delete may bring the deleted data \
             back; repair such tables first: ringkeeper plan repair.full"
                .to_owned(),
        );
    }
    notes
}
