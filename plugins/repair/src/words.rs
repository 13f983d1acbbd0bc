//! Numbers and lists as a person reads them.

/// `1 table`, `3 tables`.
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

/// As [`list_of`], at most five.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    list_of(items, 5)
}

/// A duration in seconds in its two largest units: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.
pub(crate) fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |large: u64, unit: &str, small: u64, small_unit: &str| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_where_they_help_no_more() {
        assert_eq!(list_of(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(list_of(&["a", "b", "c", "d"], 3), "a, b and 2 more");
        assert_eq!(list::<&str>(&[]), "");
    }

    #[test]
    fn durations_have_two_units() {
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(3_900), "1 h 5 min");
        assert_eq!(duration(187_200), "2 d 4 h");
    }
}
