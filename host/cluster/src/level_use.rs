//! Which consistency levels clients use, by the nodes' request counters.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConsistencyLevel, MetricHistory, SeriesKey};

/// Requests at a consistency level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LevelUse {
    /// The level.
    pub level: ConsistencyLevel,
    /// Reads and writes at it, over all nodes.
    pub requests: u64,
    /// Since when they were counted.
    pub since: Timestamp,
}

/// The levels that are counted, with the metrics of their reads and writes. A level that asks for no more than
/// `LOCAL_QUORUM` can need no more than what is kept anyway.
const COUNTED: [(ConsistencyLevel, [&str; 2]); 6] = [
    (
        ConsistencyLevel::Two,
        ["client.reads_at_two", "client.writes_at_two"],
    ),
    (
        ConsistencyLevel::Three,
        ["client.reads_at_three", "client.writes_at_three"],
    ),
    (
        ConsistencyLevel::Quorum,
        ["client.reads_at_quorum", "client.writes_at_quorum"],
    ),
    (
        ConsistencyLevel::Serial,
        ["client.reads_at_serial", "client.writes_at_serial"],
    ),
    (
        ConsistencyLevel::EachQuorum,
        ["client.reads_at_each_quorum", "client.writes_at_each_quorum"],
    ),
    (
        ConsistencyLevel::All,
        ["client.reads_at_all", "client.writes_at_all"],
    ),
];
/// So few requests within the time looked at are Cassandra's own: logins read at QUORUM, changes of roles write at
/// EACH_QUORUM.
const OWN_REQUESTS: u64 = 10;

/// The levels at which clients asked within this time, strongest last. Cassandra counts per node, not per keyspace.
#[must_use]
pub fn levels_in_use(metrics: &MetricHistory, now: Timestamp, within: Duration) -> Vec<LevelUse> {
    let since = now.before(within);
    let used = COUNTED.iter().filter_map(|(level, names)| {
        let requests: u64 = names.iter().map(|name| growth(metrics, name, since)).sum();
        let least = if *level == ConsistencyLevel::All {
            0
        } else {
            OWN_REQUESTS
        };
        (requests > least).then_some(LevelUse {
            level: *level,
            requests,
            since,
        })
    });
    used.collect()
}

/// How much a counter grew since then, over all nodes. One that fell began anew, with its process.
fn growth(metrics: &MetricHistory, name: &str, since: Timestamp) -> u64 {
    let nodes: BTreeMap<&SeriesKey, _> = metrics.latest(name).collect();
    let grown = nodes.into_keys().map(|key| {
        let points: Vec<f64> = metrics
            .series(name, key, since)
            .map(|point| point.value)
            .collect();
        let steps = points.windows(2).map(|pair| match pair {
            [before, after] if after >= before => after - before,
            [_, after] => *after,
            _ => 0.0,
        });
        steps.sum::<f64>()
    });
    let grown = grown.sum::<f64>();
    if grown.is_finite() && grown > 0.0 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sum of counts, checked to be positive"
        )]
        let whole = grown as u64;
        whole
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{NodeId, Sample};

    const MINUTE: i64 = 60_000;

    fn history(points: &[(u128, i64, &str, f64)]) -> MetricHistory {
        let mut history = MetricHistory::default();
        for (node, minute, metric, value) in points {
            let sample = Sample::of_node(metric, *value);
            let at = Timestamp::from_millis(minute * MINUTE);
            history.record(NodeId::new(Uuid::from_u128(*node)), at, [sample]);
        }
        history
    }

    fn in_use(points: &[(u128, i64, &str, f64)]) -> Vec<(ConsistencyLevel, u64)> {
        let now = Timestamp::from_millis(20 * MINUTE);
        levels_in_use(&history(points), now, Duration::from_secs(900))
            .into_iter()
            .map(|used| (used.level, used.requests))
            .collect()
    }

    #[test]
    fn only_growth_within_the_time_counts() {
        let all = "client.reads_at_all";
        assert_eq!(
            in_use(&[(1, 1, all, 0.0), (1, 4, all, 500.0), (1, 10, all, 500.0)]),
            []
        );
        assert_eq!(
            in_use(&[
                (1, 10, all, 500.0),
                (1, 19, all, 507.0),
                (2, 10, all, 0.0),
                (2, 19, all, 2.0)
            ]),
            [(ConsistencyLevel::All, 9)]
        );
    }

    #[test]
    fn a_counter_that_fell_began_anew_with_its_process() {
        let all = "client.writes_at_all";
        assert_eq!(
            in_use(&[(1, 10, all, 500.0), (1, 19, all, 3.0)]),
            [(ConsistencyLevel::All, 3)]
        );
    }

    #[test]
    fn what_cassandra_asks_for_itself_is_no_client() {
        let quorum = "client.reads_at_quorum";
        assert_eq!(in_use(&[(1, 10, quorum, 0.0), (1, 19, quorum, 4.0)]), []);
        assert_eq!(
            in_use(&[(1, 10, quorum, 0.0), (1, 19, quorum, 400.0)]),
            [(ConsistencyLevel::Quorum, 400)]
        );
    }
}
