//! Freezes.

use ringkeeper_api::FreezeStatus;

use super::quantity::moment;
use crate::screen::{Screen, Tone};

/// A line for each cluster.
pub(crate) fn list(rows: &[FreezeStatus], screen: &Screen) -> String {
    rows.iter().map(|row| line(row, screen) + "\n").collect()
}

/// A freeze that was just set or lifted.
pub(crate) fn set(row: &FreezeStatus, screen: &Screen) -> String {
    let more = if row.frozen {
        format!(
            "No changing call is begun; what runs on the nodes is left to end. Lift it: ringkeeper freeze lift --cluster {}",
            row.cluster
        )
    } else {
        "Runs go on where they were, and what is due may begin.".to_owned()
    };
    format!("{}\n{}\n", line(row, screen), screen.wrap("  ", "  ", &more))
}

fn line(row: &FreezeStatus, screen: &Screen) -> String {
    if !row.frozen {
        return format!("{}: {}", row.cluster, screen.paint(Tone::Good, "not frozen"));
    }
    let since = row
        .since
        .map(|since| format!(" since {}", moment(screen.now, since)))
        .unwrap_or_default();
    let reason = if row.reason.is_empty() {
        "no reason given"
    } else {
        &row.reason
    };
    format!(
        "{}: {}{since}: {reason}",
        row.cluster,
        screen.paint(Tone::Warning, "FROZEN")
    )
}
