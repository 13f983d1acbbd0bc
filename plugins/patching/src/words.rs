//! Numbers, durations and lists as a person reads them.

/// `1 node`, `3 nodes`.
pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

/// `a`, `a and b`, `a, b and c`; with more than `most`, `a, b and 4 more`.
pub(crate) fn list_of<S: AsRef<str>>(items: &[S], most: usize) -> String {
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
pub(crate) fn duration(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if days > 0 => format!("{days} d {} h", hours % 24),
        () if hours > 0 => format!("{hours} h {} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_where_they_help_no_more() {
        assert_eq!(list_of(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(list_of(&["a", "b", "c", "d"], 3), "a, b and 2 more");
    }

    #[test]
    fn durations_have_two_units() {
        assert_eq!(duration(59_999), "59 s");
        assert_eq!(duration(-5), "0 s");
        assert_eq!(duration(3_900_000), "1 h 5 min");
        assert_eq!(duration(187_200_000), "2 d 4 h");
    }
}
