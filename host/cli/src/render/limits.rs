//! Limits of a plugin, with what was used of them.

use std::time::Duration;

use ringkeeper_api::LimitUse;

use super::quantity::{bytes, span};
use crate::screen::{Screen, Tone};

/// Share of a limit, in percent, from which it stands out.
const NEAR: u64 = 80;

/// One row for each limit.
pub(crate) fn rows(limits: &[LimitUse], screen: &Screen) -> String {
    let rows = limits.iter().map(|limit| {
        let Shown {
            name,
            used,
            limit,
            percent,
        } = shown(limit);
        let line = format!("  {name:<12} {used:>12} of {limit:<12} {percent:>3}%");
        if percent >= NEAR {
            screen.paint(Tone::Warning, &line)
        } else {
            line
        }
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// All limits in a sentence.
pub(crate) fn sentence(limits: &[LimitUse]) -> String {
    let each = limits.iter().map(|limit| {
        let Shown {
            name, used, limit, ..
        } = shown(limit);
        format!("{name} {used} of {limit}")
    });
    each.collect::<Vec<_>>().join(", ")
}

struct Shown {
    name: String,
    used: String,
    limit: String,
    percent: u64,
}

/// A limit in the unit that its name ends with.
fn shown(limit: &LimitUse) -> Shown {
    let (name, amount): (&str, fn(u64) -> String) = if let Some(name) = limit.name.strip_suffix("_bytes") {
        (name, bytes)
    } else if let Some(name) = limit.name.strip_suffix("_ms") {
        (name, |millis| span(Duration::from_millis(millis)))
    } else {
        (&limit.name, |number| number.to_string())
    };
    Shown {
        name: name.replace('_', " "),
        used: amount(limit.used),
        limit: amount(limit.limit),
        percent: limit
            .used
            .saturating_mul(100)
            .checked_div(limit.limit)
            .unwrap_or(100),
    }
}
