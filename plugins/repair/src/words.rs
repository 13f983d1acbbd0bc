//! Numbers and lists as a person reads them.

pub(crate) use ringkeeper_sdk::words::{count, list_of};

/// As [`list_of`], at most five.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    list_of(items, 5)
}

/// A duration in seconds in its two largest units: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.
pub(crate) fn duration(seconds: u64) -> String {
    let milliseconds = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
    ringkeeper_sdk::words::duration(milliseconds)
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
