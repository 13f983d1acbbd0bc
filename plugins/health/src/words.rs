//! Numbers, durations and lists as a person reads them.

use ringkeeper_sdk::Timestamp;

use ringkeeper_sdk::words::list_of;
pub(crate) use ringkeeper_sdk::words::{count, duration};

/// `a`, `a and b`, `a, b and c`, and with more than five, `a, b, c, d and 4 more`.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    list_of(items, 5)
}

/// `12 min ago`.
pub(crate) fn ago(now: Timestamp, then: Timestamp) -> String {
    format!("{} ago", duration(now - then))
}

/// A ratio as percent: `0.4 %`, `25 %`.
pub(crate) fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent > 0.0 && percent < 0.1 {
        "less than 0.1 %".to_owned()
    } else if percent < 10.0 {
        let text = format!("{percent:.1}");
        format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
    } else {
        format!("{percent:.0} %")
    }
}

/// Bytes in the largest binary unit that keeps them above one.
pub(crate) fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes;
    let mut unit = "B";
    for larger in UNITS {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    if unit == "B" {
        format!("{value:.0} {unit}")
    } else {
        format!("{value:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        assert_eq!(count(1, "node"), "1 node");
        assert_eq!(count(0, "node"), "0 nodes");
        assert_eq!(count(2, "piece of advice"), "2 pieces of advice");
        assert_eq!(count(3, "severe finding"), "3 severe findings");
    }

    #[test]
    fn lists() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d and 2 more");
    }

    #[test]
    fn durations() {
        let cases = [
            (-5, "0 s"),
            (40_000, "40 s"),
            (12 * 60_000 + 3_000, "12 min"),
            (3 * 3_600_000, "3 h"),
            (3 * 3_600_000 + 300_000, "3 h 5 min"),
            (52 * 3_600_000, "2 d 4 h"),
        ];
        for (milliseconds, text) in cases {
            assert_eq!(duration(milliseconds), text);
        }
    }

    #[test]
    fn percents_and_bytes() {
        assert_eq!(percent(0.25), "25 %");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.05), "5 %");
        assert_eq!(percent(0.000_01), "less than 0.1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(bytes(512.0), "512 B");
        assert_eq!(bytes(1.5 * 1024.0 * 1024.0 * 1024.0), "1.5 GiB");
    }
}
