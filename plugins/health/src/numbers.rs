//! Metrics of nodes, as remembered by the host.

use std::collections::BTreeMap;

use ringkeeper_sdk::Timestamp;
use ringkeeper_sdk::metrics::Point;

use crate::world::Place;

/// Recent points by metric and node, oldest first. What is not here is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Numbers {
    series: BTreeMap<&'static str, BTreeMap<Place, Vec<Point>>>,
}

/// How far a counter went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Increase {
    /// By how much, in the metric's unit.
    pub(crate) by: f64,
    /// In how many milliseconds.
    pub(crate) within: i64,
}

impl Numbers {
    /// Keeps the points of one node's metric.
    pub(crate) fn put(&mut self, metric: &'static str, node: Place, points: Vec<Point>) {
        self.series.entry(metric).or_default().insert(node, points);
    }

    /// The points of one node's metric; empty where nothing is known.
    pub(crate) fn series(&self, metric: &str, node: Place) -> &[Point] {
        self.series
            .get(metric)
            .and_then(|nodes| nodes.get(&node))
            .map_or(&[], Vec::as_slice)
    }

    /// The newest number of one node's metric.
    pub(crate) fn latest(&self, metric: &str, node: Place) -> Option<f64> {
        self.series(metric, node).last().map(|point| point.value)
    }

    /// How far a node's counter went; none with fewer than two points.
    pub(crate) fn increase(&self, metric: &str, node: Place) -> Option<Increase> {
        self.increase_since(metric, node, Timestamp::MIN)
    }

    /// The same over the points from `since` on.
    pub(crate) fn increase_since(&self, metric: &str, node: Place, since: Timestamp) -> Option<Increase> {
        let points = self.series(metric, node);
        increase(points.get(points.partition_point(|point| point.at < since)..)?)
    }
}

/// How far a counter went over its points. A counter starts again from 0 with its process: where a point is below the
/// one before, all of it is new.
pub(crate) fn increase(points: &[Point]) -> Option<Increase> {
    let (first, last) = (points.first()?, points.last()?);
    let within = last.at - first.at;
    if within <= 0 {
        return None;
    }
    let steps = points.iter().zip(points.iter().skip(1));
    let by = steps
        .map(|(a, b)| {
            if b.value >= a.value {
                b.value - a.value
            } else {
                b.value
            }
        })
        .sum();
    Some(Increase { by, within })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MINUTE, NOW, minutely};

    #[test]
    fn a_counter_that_was_reset_counts_on_from_zero() {
        let expected = Increase {
            by: 30.0 + 5.0 + 15.0,
            within: 3 * MINUTE,
        };
        assert_eq!(increase(&minutely(&[100.0, 130.0, 5.0, 20.0])), Some(expected));
    }

    #[test]
    fn what_was_before_the_asked_moment_does_not_count() {
        let mut numbers = Numbers::default();
        numbers.put("hints.written", 0, minutely(&[0.0, 900.0, 910.0, 930.0]));
        let increase = numbers.increase_since("hints.written", 0, NOW - 2 * MINUTE);
        let expected = Increase {
            by: 30.0,
            within: 2 * MINUTE,
        };
        assert_eq!(increase, Some(expected));
        assert_eq!(numbers.increase_since("hints.written", 0, NOW), None);
    }

    #[test]
    fn one_point_tells_no_increase() {
        assert_eq!(increase(&minutely(&[100.0])), None);
        assert_eq!(increase(&[]), None);
    }
}
