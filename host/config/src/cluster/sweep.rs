//! `[cluster.sweep]`: how often what is read.

use std::time::Duration;

use crate::Fault;
use crate::key::{Absent, Key, Section};
use crate::kind::{Count, TimeSpan, show_time_span};
use crate::reading::{Reading, Table};

/// How often what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SweepConfig {
    /// Time between the beginnings of two membership sweeps.
    pub membership: Duration,
    /// The same for the nodes' metrics.
    pub node_metrics: Duration,
    /// The same for the tables' metrics.
    pub table_metrics: Duration,
    /// The same for keyspaces and tables.
    pub schema: Duration,
    /// How long one node may take in one sweep; never longer than `membership`.
    pub node_limit: Duration,
    /// How many nodes are asked at once.
    pub concurrency: usize,
}

pub(super) static SECTION: Section = Section {
    path: "cluster.sweep",
    repeated: false,
    meaning: "How often what is read from the nodes.",
    keys: &[
        &MEMBERSHIP,
        &NODE_METRICS,
        &TABLE_METRICS,
        &SCHEMA,
        &NODE_LIMIT,
        &CONCURRENCY,
    ],
    sections: &[],
};

const INTERVAL: TimeSpan = TimeSpan {
    least: Duration::from_secs(1),
    most: Duration::from_secs(86_400),
};

static MEMBERSHIP: Key<TimeSpan> = Key {
    name: "membership",
    kind: INTERVAL,
    absent: Absent::Default("\"15s\""),
    meaning: "How often every node is asked how it is and how it sees the others.",
};

static NODE_METRICS: Key<TimeSpan> = Key {
    name: "node_metrics",
    kind: INTERVAL,
    absent: Absent::Default("\"1m\""),
    meaning: "How often the numbers about each node are read.",
};

static TABLE_METRICS: Key<TimeSpan> = Key {
    name: "table_metrics",
    kind: INTERVAL,
    absent: Absent::Default("\"5m\""),
    meaning: "How often the numbers about each table are read; the dearest sweep.",
};

static SCHEMA: Key<TimeSpan> = Key {
    name: "schema",
    kind: INTERVAL,
    absent: Absent::Default("\"1m\""),
    meaning: "How often keyspaces and tables are read.",
};

static NODE_LIMIT: Key<TimeSpan> = Key {
    name: "node_limit",
    kind: TimeSpan {
        least: Duration::from_millis(100),
        most: Duration::from_secs(300),
    },
    absent: Absent::Default("\"5s\""),
    meaning: "How long one node may take in one sweep before it counts as silent. Not longer than `membership`.",
};

static CONCURRENCY: Key<Count> = Key {
    name: "concurrency",
    kind: Count {
        least: 1,
        most: 1_024,
    },
    absent: Absent::Default("32"),
    meaning: "How many nodes are asked at once.",
};

impl SweepConfig {
    pub(super) fn read(cluster: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = cluster.table(reading, &SECTION);
        let membership = table.value(reading, &MEMBERSHIP);
        let node_metrics = table.value(reading, &NODE_METRICS);
        let table_metrics = table.value(reading, &TABLE_METRICS);
        let schema = table.value(reading, &SCHEMA);
        let node_limit = table.value(reading, &NODE_LIMIT);
        let concurrency = table.value(reading, &CONCURRENCY);
        if let (Some(limit), Some(interval)) = (node_limit, membership)
            && limit > interval
        {
            let (value, other_value) = (show_time_span(limit), show_time_span(interval));
            table.wrong(
                reading,
                NODE_LIMIT.name,
                Fault::LongerThan {
                    value,
                    other: MEMBERSHIP.name,
                    other_value,
                },
            );
        }
        Some(Self {
            membership: membership?,
            node_metrics: node_metrics?,
            table_metrics: table_metrics?,
            schema: schema?,
            node_limit: node_limit?,
            concurrency: usize::try_from(concurrency?).ok()?,
        })
    }
}
