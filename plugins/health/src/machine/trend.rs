//! When a disk is full if it goes on as it did.

use ringkeeper_sdk::metrics::Point;

/// The least that must be known, in milliseconds.
const LEAST_KNOWN: i64 = 30 * 60_000;
/// How many times as far ahead as back is looked.
const AHEAD: f64 = 8.0;

/// Where a series of free bytes leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trend {
    /// Milliseconds until nothing is free.
    pub(crate) full_in: i64,
    /// Over how many milliseconds that was seen.
    pub(crate) known: i64,
}

/// The straight line that lies nearest to all points (least squares), as far ahead as is fair. None where free bytes do
/// not become fewer, or too little is known: a compaction takes room for a while and gives it back.
pub(crate) fn trend(free: &[Point]) -> Option<Trend> {
    let (first, last) = (free.first()?, free.last()?);
    let known = last.at - first.at;
    if known < LEAST_KNOWN || !falls(free) {
        return None;
    }
    let count = free.len() as f64;
    let at = |point: &Point| (point.at - first.at) as f64;
    let mean_at = free.iter().map(at).sum::<f64>() / count;
    let mean = free.iter().map(|point| point.value).sum::<f64>() / count;
    let (mut above, mut below) = (0.0, 0.0);
    for point in free {
        above += (at(point) - mean_at) * (point.value - mean);
        below += (at(point) - mean_at).powi(2);
    }
    // Bytes a millisecond.
    let slope = above / below;
    if !slope.is_finite() || slope >= 0.0 {
        return None;
    }
    let full_in = last.value / -slope;
    (full_in <= known as f64 * AHEAD).then_some(Trend {
        full_in: full_in as i64,
        known,
    })
}

/// Whether the last third of the time lies below the first third: single points jump about too much to compare.
fn falls(points: &[Point]) -> bool {
    let third = points.len() / 3;
    let mean = |points: &mut dyn Iterator<Item = &Point>| {
        points.map(|point| point.value).sum::<f64>() / third as f64
    };
    third > 0 && mean(&mut points.iter().rev().take(third)) < mean(&mut points.iter().take(third))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOUR, MINUTE, minutely};

    fn falling(minutes: usize, from: f64, by: f64) -> Vec<Point> {
        let values: Vec<f64> = (0..minutes).map(|minute| from - by * minute as f64).collect();
        minutely(&values)
    }

    #[test]
    fn a_disk_that_fills_evenly_is_full_when_the_line_says() {
        let trend = trend(&falling(61, 1_000.0, 2.0)).unwrap();
        assert_eq!(trend.known, HOUR);
        let expected = (1_000 - 120) / 2 * MINUTE;
        assert!((trend.full_in - expected).abs() < 1_000, "{trend:?}");
    }

    #[test]
    fn it_is_not_looked_farther_ahead_than_is_fair() {
        // Full in fourteen hours, by what was seen in one.
        assert_eq!(trend(&falling(61, 1_000.0, 1.1)), None);
        assert!(
            trend(&falling(121, 1_000.0, 1.1)).is_some(),
            "by what was seen in two"
        );
    }

    #[test]
    fn little_that_is_known_or_room_that_comes_back_is_no_trend() {
        assert_eq!(trend(&falling(29, 1_000.0, 20.0)), None);
        assert_eq!(trend(&falling(61, 1_000.0, -2.0)), None);
        assert_eq!(trend(&falling(61, 1_000.0, 0.0)), None);
        assert_eq!(trend(&[]), None);
        let mut compaction: Vec<f64> = vec![1_000.0; 120];
        for value in compaction.iter_mut().skip(40).take(40) {
            *value = 200.0;
        }
        assert_eq!(trend(&minutely(&compaction)), None);
    }
}
