//! The configuration in force.

use crate::command::check::EffectiveRow;
use crate::screen::{Screen, Tone};

/// Every value with its origin; what the file says stands out, what is not set is left out.
pub(crate) fn effective(rows: &[EffectiveRow], screen: &Screen) -> String {
    let set: Vec<_> = rows.iter().filter(|row| row.value != "none").collect();
    let widest =
        |text: fn(&EffectiveRow) -> &str| set.iter().map(|row| text(row).chars().count()).max().unwrap_or(0);
    let (keys, values) = (widest(|row| &row.key), widest(|row| &row.value).min(40));
    let lines = set.iter().map(|row| {
        let tone = if row.origin == "default" {
            Tone::Faint
        } else {
            Tone::Plain
        };
        screen.paint(
            tone,
            &format!("{:<keys$}  {:<values$}  {}", row.key, row.value, row.origin),
        ) + "\n"
    });
    lines.collect()
}
