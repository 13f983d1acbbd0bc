//! `[[keyspace]]`: what is kept on the nodes.

use std::time::Duration;

use ringkeeper_cluster::is_system_keyspace;

use crate::SimulatedKeyspace;
use crate::cluster::read_named;
use crate::key::{Absent, Key, Section};
use crate::kind::{Listed, Replicas, Text, TimeSpan, is_keyspace};
use crate::reading::{Reading, Table};

use super::ScenarioFault;
use super::file::MOST_HORIZON;
use super::topology::Topology;

pub(super) static SECTION: Section = Section {
    path: "keyspace",
    repeated: true,
    meaning: "A keyspace whose tables are written to; at least one. Cassandra's own are there by themselves, with three replicas a data \
              centre.",
    keys: &[&NAME, &REPLICAS, &TABLES, &GC_GRACE],
    sections: &[],
};

static NAME: Key<Text> = Key {
    name: "name",
    kind: Text {
        expects: "a keyspace's name (letters, digits and `_`, 48 at most)",
        pattern: "^[A-Za-z0-9_]{1,48}$",
        fits: is_keyspace,
    },
    absent: Absent::Required,
    meaning: "What it is called. Unique, and none of Cassandra's own.",
};

static REPLICAS: Key<Replicas> = Key {
    name: "replicas",
    kind: Replicas,
    absent: Absent::Required,
    meaning: "How many replicas each row has in each data centre, by `NetworkTopologyStrategy`; no more than there are nodes.",
};

static TABLES: Key<Listed> = Key {
    name: "tables",
    kind: Listed {
        // What Cassandra takes for the name of a table is what it takes for that of a keyspace.
        one: Text {
            expects: "a table's name (letters, digits and `_`, 48 at most)",
            pattern: "^[A-Za-z0-9_]{1,48}$",
            fits: is_keyspace,
        },
        expects: "a list of names, at least one, such as [\"lines\", \"customers\"]",
    },
    absent: Absent::Required,
    meaning: "Its tables.",
};

static GC_GRACE: Key<TimeSpan> = Key {
    name: "gc_grace",
    kind: TimeSpan {
        least: Duration::from_secs(60),
        most: MOST_HORIZON,
    },
    absent: Absent::Default("\"10d\""),
    meaning: "How long tombstones of its tables are kept; what is deleted comes back where a repair is later.",
};

impl SimulatedKeyspace {
    pub(super) fn read_all(
        root: &Table<'_>,
        reading: &mut Reading<'_>,
        topology: Option<Topology<'_>>,
    ) -> Option<Vec<Self>> {
        let problems_before = reading.problems.len();
        let keyspaces = read_named(root, reading, &SECTION, |table, reading| {
            Self::read(table, reading, topology)
        })?;
        if !keyspaces.is_empty() {
            return Some(keyspaces);
        }
        if reading.problems.len() == problems_before {
            reading.wrong("", None, ScenarioFault::NoKeyspace.into());
        }
        None
    }

    fn read(table: &Table<'_>, reading: &mut Reading<'_>, topology: Option<Topology<'_>>) -> Option<Self> {
        let name = table.value(reading, &NAME);
        let replicas = table.value(reading, &REPLICAS);
        let tables = table.value(reading, &TABLES);
        let gc_grace = table.value(reading, &GC_GRACE);
        if let Some(name) = name.as_ref().filter(|name| is_system_keyspace(name)) {
            let fault = ScenarioFault::SystemKeyspace { name: name.clone() };
            table.wrong(reading, NAME.name, fault.into());
        }
        if let (Some(replicas), Some(topology)) = (&replicas, topology) {
            for fault in topology.judge_replicas(replicas) {
                table.wrong(reading, REPLICAS.name, fault.into());
            }
        }
        Some(Self {
            name: name?,
            replicas: replicas?,
            tables: tables?,
            gc_grace: gc_grace?,
        })
    }
}
