//! What is remembered of metrics: a bounded number of points a series.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_seams::Timestamp;

use crate::{NodeId, Sample, TableName, Tier, metric};

/// Points kept of a node's metric: two hours at one a minute.
const NODE_POINTS: usize = 120;
/// Points kept of a table's metric: half an hour at one in five minutes. Tables are many.
const TABLE_POINTS: usize = 6;

/// One number at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// When it was read.
    pub at: Timestamp,
    /// The number, in its metric's unit.
    pub value: f64,
}

/// Which series.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesKey {
    /// Who said it.
    pub node: NodeId,
    /// About which table; none for the node itself.
    pub table: Option<TableName>,
}

/// All series, newest points last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricHistory {
    /// Every snapshot has a copy, so points lie in one piece.
    series: BTreeMap<&'static str, BTreeMap<SeriesKey, Vec<Point>>>,
    /// Who was asked for numbers of the nodes' tier, whatever came of it.
    asked: BTreeSet<NodeId>,
}

impl MetricHistory {
    /// Adds what `node` said at `at`. Samples of unknown metrics are left out; the oldest points make room.
    pub fn record(&mut self, node: NodeId, at: Timestamp, samples: impl IntoIterator<Item = Sample>) {
        for sample in samples {
            let Some(metric) = metric(&sample.metric) else {
                continue;
            };
            let key = SeriesKey {
                node,
                table: sample.table,
            };
            let points = self
                .series
                .entry(metric.name)
                .or_default()
                .entry(key)
                .or_default();
            let room = match metric.tier {
                Tier::Node => NODE_POINTS,
                Tier::Table => TABLE_POINTS,
            };
            let too_many = (points.len() + 1).saturating_sub(room);
            points.drain(..too_many);
            points.push(Point {
                at,
                value: sample.value,
            });
        }
    }

    /// Notes that a node was asked for the numbers of the nodes' tier, and answered or did not.
    pub fn note_asked(&mut self, node: NodeId) {
        self.asked.insert(node);
    }

    /// Whether a node was ever asked for the numbers of the nodes' tier. Before, that there are none says nothing.
    #[must_use]
    pub fn was_asked(&self, node: NodeId) -> bool {
        self.asked.contains(&node)
    }

    /// Forgets series of nodes and tables that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&SeriesKey) -> bool) {
        for series in self.series.values_mut() {
            series.retain(|key, _| keep(key));
        }
        self.asked.retain(|node| {
            keep(&SeriesKey {
                node: *node,
                table: None,
            })
        });
    }

    /// The newest point of every series of this metric, in order of node and table.
    pub fn latest(&self, name: &str) -> impl Iterator<Item = (&SeriesKey, Point)> {
        self.series
            .get(name)
            .into_iter()
            .flatten()
            .filter_map(|(key, points)| points.last().map(|point| (key, *point)))
    }

    /// The newest point of every series of this metric that one node said, in order of table.
    pub fn latest_by(&self, name: &str, node: NodeId) -> impl Iterator<Item = (&SeriesKey, Point)> {
        self.series
            .get(name)
            .into_iter()
            .flat_map(move |series| series.range(SeriesKey { node, table: None }..))
            .take_while(move |(key, _)| key.node == node)
            .filter_map(|(key, points)| points.last().map(|point| (key, *point)))
    }

    /// The newest point of one node's own metric.
    #[must_use]
    pub fn latest_of(&self, name: &str, node: NodeId) -> Option<Point> {
        self.series
            .get(name)?
            .get(&SeriesKey { node, table: None })?
            .last()
            .copied()
    }

    /// Points of one series since a moment, oldest first.
    pub fn series(&self, name: &str, key: &SeriesKey, since: Timestamp) -> impl Iterator<Item = Point> {
        self.series
            .get(name)
            .and_then(|series| series.get(key))
            .into_iter()
            .flatten()
            .copied()
            .filter(move |point| point.at >= since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn remembers_a_bounded_number_of_points() {
        let node = NodeId::new(Uuid::from_u128(1));
        let mut history = MetricHistory::default();
        for minute in 0..1_000_i64 {
            let sample = Sample {
                metric: "heap.used_bytes".into(),
                table: None,
                value: minute as f64,
            };
            let unknown = Sample {
                metric: "made.up".into(),
                table: None,
                value: 1.0,
            };
            history.record(node, Timestamp::from_millis(minute * 60_000), [sample, unknown]);
        }
        let key = SeriesKey { node, table: None };
        assert_eq!(
            history
                .series("heap.used_bytes", &key, Timestamp::default())
                .count(),
            NODE_POINTS
        );
        assert_eq!(history.latest_of("heap.used_bytes", node).unwrap().value, 999.0);
        assert_eq!(history.latest("made.up").count(), 0);
    }
}
