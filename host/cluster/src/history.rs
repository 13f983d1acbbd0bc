//! What is remembered of metrics: a bounded number of points a series.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_seams::Timestamp;

use crate::{NodeId, Sample, TableName, Tier, metric};

/// Points kept of a node's metric: two hours at one a minute.
const NODE_POINTS: usize = 120;
/// Points kept of a table's metric: half an hour at one in five minutes. Tables are many.
const TABLE_POINTS: usize = 6;

/// Points kept of a machine's metric: all of the last half hour, then one in a quarter of an hour for a day, and some more
/// for a machine that is asked more often because its node does not answer.
const MACHINE_POINTS: usize = 240;
/// How long all of a machine's points are kept.
const MACHINE_RECENT: Duration = Duration::from_secs(30 * 60);
/// How far apart older ones are.
const MACHINE_APART: Duration = Duration::from_secs(15 * 60);
/// How old the oldest is.
const MACHINE_OLDEST: Duration = Duration::from_secs(24 * 3_600);

/// Points of a series that every look has a copy of, at most; older ones are shared.
const OWN_POINTS: usize = 16;

/// Points that are told of a series of this tier.
const fn room(tier: Tier) -> usize {
    match tier {
        Tier::Node => NODE_POINTS,
        Tier::Table => TABLE_POINTS,
        Tier::Machine => MACHINE_POINTS,
    }
}

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
    /// About which part of its machine; none for all of it.
    pub part: Option<String>,
}

impl SeriesKey {
    /// What a node says of itself, or of its machine as a whole.
    #[must_use]
    pub const fn of_node(node: NodeId) -> Self {
        Self {
            node,
            table: None,
            part: None,
        }
    }
}

/// All series, newest points last. Every look has one, and those that follow each other share nearly all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricHistory {
    /// By the name of their metric.
    series: BTreeMap<&'static str, Arc<BTreeMap<SeriesKey, Series>>>,
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
                part: sample.part,
            };
            let series = Arc::make_mut(self.series.entry(metric.name).or_default());
            let value = sample.value;
            series
                .entry(key)
                .or_default()
                .push(metric.tier, Point { at, value });
        }
    }

    /// Notes that a node was asked for the numbers of the nodes' tier, and answered or did not.
    pub fn note_asked(&mut self, node: NodeId) {
        self.asked.insert(node);
    }

    /// Forgets that these nodes were asked: what they said before is not about the processes that answer next.
    pub fn forget_asked(&mut self, nodes: &[NodeId]) {
        self.asked.retain(|node| !nodes.contains(node));
    }

    /// Whether a node was asked for the numbers of the nodes' tier since it answers. Before, that there are none, or only
    /// old ones, says nothing.
    #[must_use]
    pub fn was_asked(&self, node: NodeId) -> bool {
        self.asked.contains(&node)
    }

    /// Forgets series of nodes and tables that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&SeriesKey) -> bool) {
        for series in self.series.values_mut() {
            if !series.keys().all(&mut keep) {
                Arc::make_mut(series).retain(|key, _| keep(key));
            }
        }
        self.asked.retain(|node| keep(&SeriesKey::of_node(*node)));
    }

    /// The newest point of every series of this metric, in order of node and table.
    pub fn latest(&self, name: &str) -> impl Iterator<Item = (&SeriesKey, Point)> {
        self.of(name)
            .into_iter()
            .flatten()
            .filter_map(|(key, series)| series.last().map(|point| (key, point)))
    }

    /// The newest point of every series of this metric that one node said, in order of table.
    pub fn latest_by(&self, name: &str, node: NodeId) -> impl Iterator<Item = (&SeriesKey, Point)> {
        self.of(name)
            .into_iter()
            .flat_map(move |series| series.range(SeriesKey::of_node(node)..))
            .take_while(move |(key, _)| key.node == node)
            .filter_map(|(key, series)| series.last().map(|point| (key, point)))
    }

    /// The newest point of one node's own metric.
    #[must_use]
    pub fn latest_of(&self, name: &str, node: NodeId) -> Option<Point> {
        self.of(name)?.get(&SeriesKey::of_node(node))?.last()
    }

    /// Points of one series since a moment, oldest first.
    pub fn series(&self, name: &str, key: &SeriesKey, since: Timestamp) -> impl Iterator<Item = Point> {
        let tier = metric(name).map_or(Tier::Node, |metric| metric.tier);
        self.of(name)
            .and_then(|series| series.get(key))
            .into_iter()
            .flat_map(move |series| series.points(tier))
            .filter(move |point| point.at >= since)
    }

    fn of(&self, name: &str) -> Option<&BTreeMap<SeriesKey, Series>> {
        self.series.get(name).map(AsRef::as_ref)
    }
}

/// The points of one series, oldest first. A few more are kept than are told, so that they need to be sorted out only
/// now and then.
#[derive(Clone, Debug, Default, PartialEq)]
struct Series {
    older: Arc<[Point]>,
    newer: Vec<Point>,
}

impl Series {
    fn push(&mut self, tier: Tier, point: Point) {
        // Tables are many, and few of their points are told: no more are to be kept beside them.
        if self.newer.len() >= OWN_POINTS.min(room(tier) / 2) {
            self.older = self.points(tier).collect();
            self.newer.clear();
        }
        self.newer.push(point);
    }

    fn last(&self) -> Option<Point> {
        self.newer.last().or(self.older.last()).copied()
    }

    /// What is remembered, by the tier's rule.
    fn points(&self, tier: Tier) -> impl Iterator<Item = Point> {
        let all = || self.older.iter().chain(&self.newer).copied();
        let now = self.last().map(|last| last.at).unwrap_or_default();
        let is_thinned = tier == Tier::Machine;
        let told = || {
            let mut thin = Thin::default();
            all().filter(move |point| !is_thinned || thin.keeps(*point, now))
        };
        told().skip(told().count().saturating_sub(room(tier)))
    }
}

/// Leaves few of the older points: a disk fills over hours, and what it did an hour ago needs no point a minute.
#[derive(Default)]
struct Thin {
    kept: Option<Timestamp>,
}

impl Thin {
    /// Whether a point is kept, where those before it were asked about before.
    fn keeps(&mut self, point: Point, now: Timestamp) -> bool {
        let age = now.since(point.at);
        let is_kept = age <= MACHINE_RECENT
            || (age <= MACHINE_OLDEST && self.kept.is_none_or(|kept| point.at.since(kept) >= MACHINE_APART));
        if is_kept {
            self.kept = Some(point.at);
        }
        is_kept
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
            let sample = Sample::of_node("heap.used_bytes", minute as f64);
            let unknown = Sample::of_node("made.up", 1.0);
            history.record(node, Timestamp::from_millis(minute * 60_000), [sample, unknown]);
        }
        let key = SeriesKey::of_node(node);
        assert_eq!(
            history
                .series("heap.used_bytes", &key, Timestamp::default())
                .count(),
            NODE_POINTS
        );
        assert_eq!(history.latest_of("heap.used_bytes", node).unwrap().value, 999.0);
        assert_eq!(history.latest("made.up").count(), 0);
    }

    /// What is told never shows which points are shared, and hardly more are kept than are told.
    #[test]
    fn the_same_is_told_as_if_all_points_lay_in_one_piece() {
        for (tier, apart) in [(Tier::Node, 60), (Tier::Table, 300), (Tier::Machine, 60)] {
            let (mut series, mut plain) = (Series::default(), Vec::new());
            for number in 0..3_000_i64 {
                let at = Timestamp::from_millis(number * apart * 1_000);
                let point = Point {
                    at,
                    value: number as f64,
                };
                series.push(tier, point);
                if tier == Tier::Machine {
                    let mut thin = Thin::default();
                    plain.retain(|point| thin.keeps(*point, at));
                }
                plain.push(point);
                plain.drain(..plain.len().saturating_sub(room(tier)));
                assert!(
                    series.points(tier).eq(plain.iter().copied()),
                    "{tier:?}, {number}"
                );
                let kept = series.older.len() + series.newer.len();
                assert!(kept <= plain.len() + plain.len().min(OWN_POINTS), "{kept}");
            }
        }
    }

    #[test]
    fn of_a_machine_a_day_is_remembered_in_few_points() {
        let node = NodeId::new(Uuid::from_u128(1));
        let mut history = MetricHistory::default();
        const FREE: &str = "machine.filesystem.free_bytes";
        for minute in 0..3_000_i64 {
            let sample = Sample::of_part(FREE, "/data", minute as f64);
            history.record(node, Timestamp::from_millis(minute * 60_000), [sample]);
        }
        let key = SeriesKey {
            part: Some("/data".to_owned()),
            ..SeriesKey::of_node(node)
        };
        let points: Vec<_> = history.series(FREE, &key, Timestamp::default()).collect();
        let (first, last) = (points[0], points[points.len() - 1]);
        let known = last.at.since(first.at);
        assert!(
            known > Duration::from_secs(23 * 3_600) && known <= MACHINE_OLDEST,
            "{known:?}"
        );
        assert!(points.len() <= 130, "{}", points.len());
        let recent = points.iter().rev().take(30).map(|point| point.value);
        assert!(
            recent.eq((2_970..3_000).rev().map(f64::from)),
            "each minute of the last half hour"
        );
        assert_eq!(
            history.latest_of(FREE, node),
            None,
            "the machine as a whole has no such number"
        );
    }
}
