//! Sizes, ages and counts as people write them.

use std::time::Duration;

use ringkeeper_seams::Timestamp;

/// A number of bytes as nodetool writes it: `1.21 GiB`.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [
        ("TiB", 1 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
    ];
    match UNITS.iter().find(|(_, factor)| bytes >= *factor) {
        #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
        Some((unit, factor)) => format!("{:.2} {unit}", bytes as f64 / *factor as f64),
        None => format!("{bytes} B"),
    }
}

/// A span of time in its largest unit: `3 s`, `12 min`, `5 h`, `3 d`.
pub(crate) fn span(span: Duration) -> String {
    match span.as_secs() {
        0 if span.is_zero() => "0 s".to_owned(),
        0 => format!("{} ms", span.as_millis()),
        seconds @ 1..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds @ 7_200..=172_799 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// A span of time in its two largest units: `45 s`, `1 h 20 min`, `3 d 4 h`.
pub(crate) fn lasting(span: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let seconds = span.as_secs();
    let Some(largest) = UNITS.iter().position(|(size, _)| seconds >= *size) else {
        return "0 s".to_owned();
    };
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (size, name) in UNITS.iter().skip(largest).take(2) {
        if rest >= *size {
            parts.push(format!("{} {name}", rest / size));
        }
        rest %= size;
    }
    parts.join(" ")
}

/// How far off a moment is: `in 3 d 4 h`, `now`.
pub(crate) fn ahead(now: Timestamp, then: Timestamp) -> String {
    match then.since(now) {
        left if left < Duration::from_secs(1) => "now".to_owned(),
        left => format!("in {}", lasting(left)),
    }
}

/// How long ago something was: `3 s ago`, `now`.
pub(crate) fn ago(now: Timestamp, then: Timestamp) -> String {
    match now.since(then) {
        passed if passed < Duration::from_secs(1) => "now".to_owned(),
        passed => format!("{} ago", span(passed)),
    }
}

/// A moment with its age: `2026-03-01T12:00:00.000Z (12 min ago)`.
pub(crate) fn moment(now: Timestamp, then: Timestamp) -> String {
    format!("{then} ({})", ago(now, then))
}

/// A moment that may still come, with the time until then or since: `2026-03-01T12:00:00.000Z (in 3 h)`.
pub(crate) fn coming(now: Timestamp, then: Timestamp) -> String {
    if then <= now {
        return moment(now, then);
    }
    format!("{then} ({})", ahead(now, then))
}

/// A number of things: `1 node`, `3 nodes`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_nodetool_does() {
        for (number, text) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.00 KiB"),
            (1_300_000_000, "1.21 GiB"),
            (u64::MAX, "16777216.00 TiB"),
        ] {
            assert_eq!(bytes(number), text);
        }
    }

    #[test]
    fn spans_have_one_unit() {
        for (millis, text) in [
            (0, "0 s"),
            (20, "20 ms"),
            (1_000, "1 s"),
            (119_999, "119 s"),
            (120_000, "2 min"),
            (7_199_000, "119 min"),
            (7_200_000, "2 h"),
            (172_800_000, "2 d"),
        ] {
            assert_eq!(span(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn longer_spans_have_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (4_800, "1 h 20 min"),
            (3_605, "1 h"),
            (7_200, "2 h"),
            (273_600, "3 d 4 h"),
            (864_000, "10 d"),
        ] {
            assert_eq!(lasting(Duration::from_secs(seconds)), text);
        }
    }
}
