//! What is seen beside a node when somebody asks: the end of its log, snapshots and room for data, what is installed.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad an entry of a log is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For those who look for a fault.
    Debug,
    /// What happens.
    #[default]
    Info,
    /// What should not happen.
    Warn,
    /// What failed.
    Error,
}

impl LogLevel {
    /// All of them, the least first.
    pub const ALL: [Self; 5] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error];

    /// As it is written: `warn`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let level = Self::ALL.into_iter().find(|level| level.name() == word);
        level.ok_or_else(|| {
            let levels = Self::ALL.map(Self::name).join(", ");
            format!("there is no level `{word}`; there are: {levels}")
        })
    }
}

/// Which end of a log is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogQuestion {
    /// Entries of this level and above.
    #[serde(default)]
    pub level: LogLevel,
    /// At most so many entries, the last ones; from 1 to 1,000. A stack trace belongs to the entry that it follows.
    #[serde(default = "LogQuestion::usual_lines")]
    pub lines: usize,
}

impl LogQuestion {
    /// More entries than anybody reads.
    pub const MOST_LINES: usize = 1_000;

    /// What is wrong with the question; none where it can be answered.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let is_possible = (1..=Self::MOST_LINES).contains(&self.lines);
        (!is_possible).then(|| {
            format!(
                "`lines` is {}, and not from 1 to {}",
                self.lines,
                Self::MOST_LINES
            )
        })
    }

    const fn usual_lines() -> usize {
        200
    }
}

impl Default for LogQuestion {
    fn default() -> Self {
        Self {
            level: LogLevel::default(),
            lines: Self::usual_lines(),
        }
    }
}

/// The end of Cassandra's system log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogTail {
    /// Entries, the last one last, each with its stack trace.
    pub entries: Vec<String>,
    /// Whether there may be more, which the limits left out: those of the question, 64 KiB of entries, 1 MiB that is read.
    pub is_cut: bool,
}

/// Where a node keeps its data, and what is kept there beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeStorage {
    /// Its data directories.
    pub directories: Vec<DataDirectory>,
    /// Its snapshots, by tag and keyspace, those that take the most room first.
    pub snapshots: Vec<KeptSnapshot>,
    /// Whether there are more than are told.
    pub is_cut: bool,
    /// What stands where a table or snapshot could and is none, each with the reason; the first few.
    pub refused: Vec<String>,
}

/// A data directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DataDirectory {
    /// Where it is.
    pub path: String,
    /// The size of its file system.
    pub total_bytes: u64,
    /// What Cassandra may still write to it.
    pub free_bytes: u64,
}

/// A snapshot of a keyspace's tables, over all data directories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeptSnapshot {
    /// Its tag.
    pub tag: String,
    /// The keyspace.
    pub keyspace: String,
    /// How many of its tables have it.
    pub tables: usize,
    /// The size of its files.
    pub bytes: u64,
    /// Of those, what is nowhere else any more: the room that clearing it gives back.
    pub own_bytes: u64,
}

/// What is installed on a node's machine. What runs may be another release: one that was installed waits for a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Installed {
    /// All Cassandras.
    pub cassandra: Vec<InstalledCassandra>,
    /// All Javas.
    pub java: Vec<InstalledJava>,
}

/// A Cassandra.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstalledCassandra {
    /// Its version.
    pub version: String,
    /// The folder with its jar.
    pub home: String,
    /// Whether the node's Cassandra was started from there, or was when it last ran.
    pub is_in_use: bool,
}

/// A Java.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstalledJava {
    /// Its version.
    pub version: String,
    /// Who made it, where it says so.
    pub implementor: Option<String>,
    /// Its home.
    pub home: String,
    /// Whether the node's Cassandra is run by it, or was when it last ran.
    pub is_in_use: bool,
}
