//! `[cluster.agents]`: nodes that are reached by the agents beside them.

use std::time::Duration;

use crate::Fault;
use crate::key::{Absent, Key, Section};
use crate::kind::{Count, TimeSpan};
use crate::reading::{Reading, Table};

/// How nodes are reached by their agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterAgents {
    /// Where each agent listens, on its node's address.
    pub port: u16,
    /// How long an agent may take to start or stop Cassandra.
    pub limit: Duration,
}

pub(super) static SECTION: Section = Section {
    path: "cluster.agents",
    repeated: false,
    meaning: "The host reaches the nodes of this cluster by the agents beside them: an agent gives its Cassandra a Jolokia, and \
              starts and stops it where [cluster.process] says nothing else. An empty table is enough; `agents` in [host] says \
              where they find the host.",
    keys: &[&PORT, &LIMIT],
    sections: &[],
};

static PORT: Key<Count> = Key {
    name: "port",
    kind: Count {
        least: 1,
        most: 65_535,
    },
    absent: Absent::Default("7172"),
    meaning: "Where the agents listen, each on its node's address.",
};

static LIMIT: Key<TimeSpan> = Key {
    name: "limit",
    kind: TimeSpan {
        least: Duration::from_secs(1),
        most: Duration::from_secs(3600),
    },
    absent: Absent::Default("\"3m\""),
    meaning: "How long an agent may take to start or stop Cassandra. What its own commands may take is less.",
};

impl ClusterAgents {
    /// The table within `cluster`; the inner none where there is no such table. `has_agents`: agents can find the host.
    pub(super) fn read(
        cluster: &Table<'_>,
        reading: &mut Reading<'_>,
        has_agents: bool,
    ) -> Option<Option<Self>> {
        let table = cluster.table(reading, &SECTION);
        if !table.is_given() {
            return Some(None);
        }
        if !has_agents {
            cluster.wrong(reading, SECTION.name(), Fault::AgentsNowhere);
        }
        let port = table.value(reading, &PORT);
        let limit = table.value(reading, &LIMIT);
        let port = port.and_then(|port| u16::try_from(port).ok());
        Some(Some(Self {
            port: port?,
            limit: limit?,
        }))
    }
}
