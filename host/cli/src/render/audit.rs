//! The audit log.

use ringkeeper_api::{AuditExportRow, AuditRow, AuditVerdict};

use super::grid::{Column, Grid, Value, or_nothing};
use super::quantity::count;
use crate::screen::{Screen, Tone};

/// Digits of a hash that are shown where a whole one does not help.
const SHORT: usize = 12;

/// Records, oldest first as they are given.
pub(crate) fn list(rows: &[AuditRow], screen: &Screen) -> String {
    if rows.is_empty() {
        return "No records.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::new("Record", true, 0),
        Column::left("At", 0),
        Column::left("What", 0),
        Column::left("Run", 1),
        Column::left("Step", 3),
        Column::left("Call", 2),
        Column::left("Node", 4),
        Column::left("Plugin", 6),
        Column::left("Asked by", 7),
        Column::left("Approved by", 5),
        Column::left("Cluster", 8),
    ]);
    grid.group(rows.iter().map(row).collect());
    let mut text = grid.draw(screen).groups.concat() + "\n";
    for row in rows.iter().filter(|row| !row.detail.is_empty()) {
        let opening = format!("{}: ", row.number);
        text += &format!("\n{}", screen.wrap(&opening, "    ", &row.detail));
    }
    text.trim_end().to_owned() + "\n"
}

fn row(row: &AuditRow) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    let plugin = row.plugin.as_ref().map(|name| match &row.plugin_digest {
        Some(digest) => format!("{name} {}", short(digest)),
        None => name.clone(),
    });
    vec![
        plain(row.number.to_string()),
        plain(row.at.to_string()),
        (row.what.clone(), tone(&row.what)),
        or_nothing(row.run.clone()),
        or_nothing(row.step.clone()),
        or_nothing(row.call.clone()),
        or_nothing(row.node.clone()),
        or_nothing(plugin),
        or_nothing(row.asked_by.clone()),
        or_nothing(row.approved_by.clone()),
        plain(row.cluster.clone()),
    ]
}

fn tone(what: &str) -> Tone {
    match what {
        "refused" | "plugin-broke" | "undo-fails" => Tone::Bad,
        "in-doubt" | "rejected" => Tone::Warning,
        _ => Tone::Plain,
    }
}

fn short(digest: &str) -> &str {
    digest.get(..SHORT).unwrap_or(digest)
}

/// How a check ended.
pub(crate) fn verdict(verdict: &AuditVerdict, screen: &Screen) -> String {
    let records = |count| quantity(count, "record");
    let Some(problem) = &verdict.problem else {
        let mut text = screen.paint(Tone::Good, "The audit log is whole.");
        text += &match verdict.records {
            0 => " It has no records.\n".to_owned(),
            count => format!(
                "\n{}, from {} to {}\nhead {}\n",
                records(count),
                verdict.first,
                verdict.last,
                verdict.head
            ),
        };
        if let Some(record) = verdict.head_of {
            text += &match record == verdict.last {
                true => "The hash that was looked for is its head.\n".to_owned(),
                false => format!(
                    "The hash that was looked for is that of record {record}: {} since.\n",
                    records(verdict.last - record)
                ),
            };
        }
        return text;
    };
    let wrong = screen.paint(Tone::Bad, "The audit log was tampered with or is damaged:");
    let fits = match verdict.records {
        0 => "No record before that fits.".to_owned(),
        count => format!("{} before that fit.", records(count)),
    };
    format!(
        "{wrong}\n{}\n{fits}\nKeep the journal as it is, and compare it with exported files: ringkeeper audit verify --files FOLDER\n",
        screen.wrap("  ", "  ", problem)
    )
}

/// What was written.
pub(crate) fn exported(rows: &[AuditExportRow], screen: &Screen) -> String {
    let fresh: Vec<_> = rows.iter().filter(|row| !row.was_there).collect();
    if fresh.is_empty() {
        return "Nothing new: every segment is there already.\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::new("Segment", true, 0),
        Column::new("Records", true, 1),
        Column::left("File", 0),
        Column::left("Hash", 2),
    ]);
    let row = |row: &&AuditExportRow| {
        vec![
            (row.segment.to_string(), Tone::Plain),
            (row.records.to_string(), Tone::Plain),
            (row.file.clone(), Tone::Plain),
            (row.hash.clone(), Tone::Plain),
        ]
    };
    grid.group(fresh.iter().map(row).collect());
    grid.draw(screen).groups.concat() + "\n"
}

fn quantity(number: u64, what: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), what)
}

#[cfg(test)]
mod tests;
