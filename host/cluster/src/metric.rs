//! Metrics by name: the registry that backends, plugins and docs/metrics.md share.

mod cassandra;
mod machine;

use serde::{Deserialize, Serialize};

use crate::TableName;

use cassandra::CASSANDRA;
use machine::MACHINE;

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name; never reused for something else.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Gauge or counter.
    pub kind: MetricKind,
    /// When it is read.
    pub tier: Tier,
    /// One line for a person.
    pub meaning: &'static str,
    /// Where it comes from: MBean and attribute, or what the agent reads.
    pub source: &'static str,
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// A number of things.
    Count,
    /// From 0 to 1.
    Ratio,
    /// From 0 to 100.
    Percent,
    /// 1 for yes, 0 for no.
    Flag,
}

impl Unit {
    /// The unit as plugins and Prometheus spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Milliseconds => "ms",
            Self::Seconds => "seconds",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Percent => "percent",
            Self::Flag => "flag",
        }
    }
}

/// How a number moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricKind {
    /// Up and down.
    Gauge,
    /// Only up, from 0 at the start of the process, or of the machine.
    Counter,
}

/// Which sweep reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// With the node's metrics, every minute by default.
    Node,
    /// With the tables' metrics, every five minutes by default.
    Table,
    /// From the machine below the node, with the node's metrics; also from that of a node that does not answer, at every
    /// membership sweep.
    Machine,
}

/// One number as read, without its moment and node, which the observer knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Name of a metric in [`METRICS`].
    pub metric: String,
    /// The table it is about; none for the node itself.
    pub table: Option<TableName>,
    /// The part of the machine it is about: a mount point, device, interface, array or port; none where there is one only.
    #[serde(default)]
    pub part: Option<String>,
    /// The number, in the metric's unit.
    pub value: f64,
}

impl Sample {
    /// A number about the node, or its machine, as a whole.
    #[must_use]
    pub fn of_node(metric: &str, value: f64) -> Self {
        Self {
            metric: metric.to_owned(),
            table: None,
            part: None,
            value,
        }
    }

    /// A number about a part of the node's machine.
    #[must_use]
    pub fn of_part(metric: &str, part: &str, value: f64) -> Self {
        Self {
            part: Some(part.to_owned()),
            ..Self::of_node(metric, value)
        }
    }
}

/// The metric of this name.
#[must_use]
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

const fn gauge(
    name: &'static str,
    unit: Unit,
    tier: Tier,
    meaning: &'static str,
    source: &'static str,
) -> Metric {
    Metric {
        name,
        unit,
        kind: MetricKind::Gauge,
        tier,
        meaning,
        source,
    }
}

const fn counter(
    name: &'static str,
    unit: Unit,
    tier: Tier,
    meaning: &'static str,
    source: &'static str,
) -> Metric {
    Metric {
        name,
        unit,
        kind: MetricKind::Counter,
        tier,
        meaning,
        source,
    }
}

/// Every metric this host knows: what Cassandra says, then what is known of the machine below it.
pub const METRICS: &[Metric] = &joined::<{ CASSANDRA.len() + MACHINE.len() }>();

#[expect(
    clippy::indexing_slicing,
    reason = "an index that does not fit ends the compiler, not the host"
)]
const fn joined<const ALL: usize>() -> [Metric; ALL] {
    let mut all = [MACHINE[0]; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = match at < CASSANDRA.len() {
            true => CASSANDRA[at],
            false => MACHINE[at - CASSANDRA.len()],
        };
        at += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once() {
        for metric in METRICS {
            assert_eq!(
                METRICS.iter().filter(|other| other.name == metric.name).count(),
                1,
                "{}",
                metric.name
            );
        }
    }
}
