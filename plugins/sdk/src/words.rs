//! Numbers, durations, lists and slips as a person reads them.

use crate::{Fault, Refusal};

/// More names than this are no help.
const MOST_SHOWN: usize = 20;
/// As near as a slip of the fingers.
const NEAR_ENOUGH: f64 = 0.7;

/// `1 node`, `3 nodes`; `piece of advice` becomes `pieces of advice`.
#[must_use]
pub fn count(number: usize, what: &str) -> String {
    if number == 1 {
        return format!("1 {what}");
    }
    match what.split_once(' ') {
        Some((head, tail)) if tail.starts_with("of ") => format!("{number} {head}s {tail}"),
        _ => format!("{number} {what}s"),
    }
}

/// `a`, `a and b`, `a, b and c`; with more than `most`, `a, b and 4 more`.
#[must_use]
pub fn list_of<S: AsRef<str>>(items: &[S], most: usize) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    if items.len() > most {
        let shown: Vec<&str> = items.iter().take(most.saturating_sub(1)).copied().collect();
        return format!("{} and {} more", shown.join(", "), items.len() - shown.len());
    }
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// Milliseconds in their two largest units: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. Never below zero.
#[must_use]
pub fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: i64, unit: &str, small: i64, small_unit: &str| {
        if small == 0 {
            format!("{large} {unit}")
        } else {
            format!("{large} {unit} {small} {small_unit}")
        }
    };
    match () {
        () if days > 0 => two(days, "d", hours % 24, "h"),
        () if hours > 0 => two(hours, "h", minutes % 60, "min"),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}

/// A refusal for a name that is none: it tells the nearest one and those there are. Where there are none at all, that,
/// with `none` behind it, e.g. ` that can be repaired`.
pub fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>, none: &str) -> Refusal {
    let known: Vec<&str> = known.collect();
    let meant = nearest(name, known.iter().copied());
    let meant = meant.map_or_else(String::new, |meant| format!(" Did you mean `{meant}`?"));
    let there_are = if known.is_empty() {
        format!("There is no {what} at all{none}.")
    } else {
        format!("There are: {}.", list_of(&known, MOST_SHOWN))
    };
    let message = format!("There is no {what} `{name}`.{meant} {there_are}");
    Refusal::new(Fault::InvalidParameters, message)
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_where_they_help_no_more() {
        assert_eq!(list_of(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(list_of(&["a", "b", "c", "d"], 3), "a, b and 2 more");
    }
}
