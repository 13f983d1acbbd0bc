//! `[cluster.process]`: how Cassandra is started and stopped on a node.

use std::time::Duration;

use crate::key::{Absent, Key, Section};
use crate::kind::{CommandLine, TimeSpan};
use crate::reading::{Reading, Table};

/// How Cassandra is started and stopped on a node: by commands of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessConfig {
    /// Program and arguments that start it.
    pub start: Vec<String>,
    /// Program and arguments that stop it.
    pub stop: Vec<String>,
    /// Program and arguments that say whether it runs; none where nobody can tell.
    pub status: Option<Vec<String>>,
    /// How long each may take.
    pub limit: Duration,
}

pub(super) static SECTION: Section = Section {
    path: "cluster.process",
    repeated: false,
    meaning: "The commands by which the host starts and stops Cassandra on a node. Without this table it does neither, \
              and operations that need it are refused.\n\n\
              They run on the machine of the host, as its user and with its environment, without a shell that would read \
              them and without input. `{address}` and `{port}` stand for the node's gossip address and storage port, \
              `{host_id}`, `{data_centre}` and `{rack}` for what they say, and where a command uses one of the last two, \
              their names may have letters, digits and `_-.:` only; `{{` and `}}` are braces. Have them hand over to \
              what keeps services where the node is, such as systemd: a command that is still under way when the host \
              ends is killed. A secret does not belong in them. For example:\n\n\
              ```toml\n\
              [cluster.process]\n\
              start = [\"ssh\", \"-o\", \"BatchMode=yes\", \"{address}\", \"sudo systemctl start cassandra\"]\n\
              stop = [\"ssh\", \"-o\", \"BatchMode=yes\", \"{address}\", \"sudo systemctl stop cassandra\"]\n\
              status = [\"ssh\", \"-o\", \"BatchMode=yes\", \"{address}\", \"systemctl is-active cassandra\"]\n\
              ```",
    keys: &[&START, &STOP, &STATUS, &LIMIT],
    sections: &[],
};

pub(crate) static START: Key<CommandLine> = Key {
    name: "start",
    kind: CommandLine,
    absent: Absent::Required,
    meaning: "Starts Cassandra on a node and ends with 0 once that is under way; also where it runs already.",
};

pub(crate) static STOP: Key<CommandLine> = Key {
    name: "stop",
    kind: CommandLine,
    absent: Absent::Required,
    meaning: "Stops Cassandra on a node, which the host drained before, and ends with 0 once it is gone; also where it is \
              stopped already.",
};

pub(crate) static STATUS: Key<CommandLine> = Key {
    name: "status",
    kind: CommandLine,
    absent: Absent::Otherwise("whether a silent node's process runs is unknown"),
    meaning: "Says whether Cassandra runs on a node: ends with 0 if it does and with 3 if not; anything else means \
              that nobody can tell.",
};

pub(crate) static LIMIT: Key<TimeSpan> = Key {
    name: "limit",
    kind: TimeSpan {
        least: Duration::from_secs(1),
        most: Duration::from_secs(3600),
    },
    absent: Absent::Default("\"2m\""),
    meaning: "How long each command may take. Then it is killed, with everything it started that stays in its process \
              group.",
};

impl ProcessConfig {
    /// The table within `cluster`; the inner none where there is no such table.
    pub(super) fn read(cluster: &Table<'_>, reading: &mut Reading<'_>) -> Option<Option<Self>> {
        let table = cluster.table(reading, &SECTION);
        match table.is_given() {
            true => Self::read_keys(&table, reading).map(Some),
            false => Some(None),
        }
    }

    /// What a table with these keys says.
    pub(crate) fn read_keys(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let start = table.value(reading, &START);
        let stop = table.value(reading, &STOP);
        let status = table.optional(reading, &STATUS);
        let limit = table.value(reading, &LIMIT);
        Some(Self {
            start: start?,
            stop: stop?,
            status: status?,
            limit: limit?,
        })
    }
}
