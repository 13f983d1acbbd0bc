//! `[[cluster]]`: a cluster to watch.

mod agents;
mod cql;
pub(crate) mod credentials;
mod jolokia;
pub(crate) mod process;
mod sweep;

pub use agents::ClusterAgents;
pub use cql::CqlConfig;
pub use credentials::Credentials;
pub use jolokia::JolokiaConfig;
pub use process::ProcessConfig;
pub use sweep::SweepConfig;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Fault;
use crate::key::{Absent, Key, Section};
use crate::kind::{ContactPoints, Text, TimeSpan};
use crate::reading::{Reading, Table, read_each};

/// A cluster to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterConfig {
    /// What it is called here.
    pub name: String,
    /// Addresses to begin with: IP addresses or host names, each with `:port` if the storage port is not 7000.
    pub contact_points: Vec<String>,
    /// How often operations that only look are run.
    pub check_every: Duration,
    /// How its nodes' Jolokia agents are asked.
    pub jolokia: JolokiaConfig,
    /// How its nodes are asked by CQL.
    pub cql: CqlConfig,
    /// How its nodes are reached by their agents; none where they have none.
    pub agents: Option<ClusterAgents>,
    /// How Cassandra is started and stopped on its nodes; none where the host cannot.
    pub process: Option<ProcessConfig>,
    /// How often what is read.
    pub sweep: SweepConfig,
}

pub(crate) static SECTION: Section = Section {
    path: "cluster",
    repeated: true,
    meaning: "A cluster to watch. At least one; repeat the table for more.",
    keys: &[&NAME, &CONTACT_POINTS, &CHECK_EVERY],
    sections: &[
        &agents::SECTION,
        &jolokia::SECTION,
        &cql::SECTION,
        &process::SECTION,
        &sweep::SECTION,
    ],
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text::NAME,
    absent: Absent::Required,
    meaning: "What the cluster is called here: in commands, metrics and the audit log. Unique.",
};

static CONTACT_POINTS: Key<ContactPoints> = Key {
    name: "contact_points",
    kind: ContactPoints,
    absent: Absent::Required,
    meaning: "Gossip addresses of a few nodes, to find all others by. Add `:port` where the storage port is not 7000.",
};

static CHECK_EVERY: Key<TimeSpan> = Key {
    name: "check_every",
    kind: TimeSpan {
        least: Duration::from_secs(10),
        most: Duration::from_secs(86_400),
    },
    absent: Absent::Default("\"5m\""),
    meaning: "How often operations that only look, such as `health.check`, are run.",
};

impl ClusterConfig {
    /// All clusters of the file. `has_agents`: agents can find the host.
    pub(crate) fn read_all(
        root: &Table<'_>,
        reading: &mut Reading<'_>,
        has_agents: bool,
    ) -> Option<Vec<Self>> {
        let problems_before = reading.problems.len();
        let tables = root.tables(reading, &SECTION);
        if tables.is_empty() && reading.problems.len() == problems_before {
            reading.wrong("", None, Fault::NoCluster);
        }
        refuse_equal_names(&tables, reading);
        read_each(&tables, reading, |table, reading| {
            Self::read(table, reading, has_agents)
        })
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>, has_agents: bool) -> Option<Self> {
        let name = table.value(reading, &NAME);
        let contact_points = table.value(reading, &CONTACT_POINTS);
        let check_every = table.value(reading, &CHECK_EVERY);
        let agents = ClusterAgents::read(table, reading, has_agents);
        let jolokia = JolokiaConfig::read(table, reading);
        let cql = CqlConfig::read(table, reading);
        let process = ProcessConfig::read(table, reading);
        let sweep = SweepConfig::read(table, reading);
        Some(Self {
            name: name?,
            contact_points: contact_points?,
            check_every: check_every?,
            agents: agents?,
            jolokia: jolokia?,
            cql: cql?,
            process: process?,
            sweep: sweep?,
        })
    }
}

/// All tables of a section, whose names are unique; none after noting what is wrong with any of them.
pub(crate) fn read_named<'t, T>(
    root: &Table<'t>,
    reading: &mut Reading<'_>,
    section: &'static Section,
    read: impl FnMut(&Table<'t>, &mut Reading<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let tables = root.tables(reading, section);
    refuse_equal_names(&tables, reading);
    read_each(&tables, reading, read)
}

/// Notes every table whose `name` an earlier one has.
pub(crate) fn refuse_equal_names(tables: &[Table<'_>], reading: &mut Reading<'_>) {
    let mut seen = BTreeMap::new();
    for table in tables {
        let Some(name) = table.name() else { continue };
        let line = table.span_of("name").map_or(0, |span| reading.line(&span));
        if let Some(first_line) = seen.get(name) {
            table.wrong(
                reading,
                "name",
                Fault::Duplicate {
                    value: name.to_owned(),
                    first_line: *first_line,
                },
            );
        } else {
            seen.insert(name, line);
        }
    }
}
