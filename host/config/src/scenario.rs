//! A scenario file: a simulated cluster, what is done to it, and what must come of it.
//!
//! It is read by the same machinery as the configuration, and the sections that say how a host behaves (`[policy]`,
//! `[[plugin]]`, `[[schedule]]`, `[[window]]`, `[[freeze]]`) are those of the configuration, word for word.

mod approver;
mod fault;
mod file;
mod fits;
mod goal;
mod keyspace;
mod load;
mod loaded;
mod reference;
mod run;
mod topology;
mod when;
mod words;
mod wrong;

pub(crate) use file::ROOT;
pub use reference::{scenario_reference, scenario_schema};
pub use wrong::ScenarioFault;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use ringkeeper_seams::Timestamp;
use serde_json::{Map, Value as Json};

use crate::document;
use crate::{ConfigError, FreezeConfig, PluginConfig, PolicyConfig, ScheduleConfig, WindowConfig};

/// A whole scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it is called: `name`, else the file's name without its ending.
    pub name: String,
    /// What it shows, in a sentence; empty where nothing is said.
    pub about: String,
    /// When it begins, in virtual time.
    pub begin: Timestamp,
    /// How long things go wrong.
    pub horizon: Duration,
    /// How long afterwards, with everything mended, until the goals must be reached.
    pub healing: Duration,
    /// Whether an agent beside each node tells of its machine.
    pub agents: bool,
    /// Tokens a node.
    pub tokens: u16,
    /// The Cassandra version of every node.
    pub version: String,
    /// Where the nodes are; at least one.
    pub data_centres: Vec<DataCentreConfig>,
    /// What is kept on them, beside Cassandra's own keyspaces.
    pub keyspaces: Vec<SimulatedKeyspace>,
    /// What clients do.
    pub load: LoadConfig,
    /// Operations that a person asks for.
    pub runs: Vec<AskedRun>,
    /// How long a run waits for a person who approves it; none where nobody does.
    pub approves_after: Option<Duration>,
    /// What goes wrong.
    pub faults: Vec<FaultConfig>,
    /// What must hold in the end.
    pub goals: Vec<GoalConfig>,
    /// As in the configuration.
    pub policy: PolicyConfig,
    /// As in the configuration.
    pub plugins: Vec<PluginConfig>,
    /// As in the configuration.
    pub schedules: Vec<ScheduleConfig>,
    /// As in the configuration.
    pub windows: Vec<WindowConfig>,
    /// As in the configuration.
    pub freezes: Vec<FreezeConfig>,
}

/// `[[data_centre]]`: nodes in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataCentreConfig {
    /// What it is called.
    pub name: String,
    /// Its racks.
    pub racks: Vec<String>,
    /// Nodes in each.
    pub nodes_per_rack: u16,
}

/// `[[keyspace]]`: tables that are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulatedKeyspace {
    /// What it is called.
    pub name: String,
    /// Replicas in each data centre.
    pub replicas: BTreeMap<String, u8>,
    /// Its tables.
    pub tables: Vec<String>,
    /// How long their tombstones are kept.
    pub gc_grace: Duration,
}

/// `[load]`: what clients do all the time.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadConfig {
    /// Rows written a second into each table.
    pub writes_per_second: u32,
    /// Bytes of a row.
    pub row_bytes: u64,
    /// Bytes that each node has of each table to begin with.
    pub table_bytes: u64,
    /// Whether writes that a node misses are kept for it as hints.
    pub hints: bool,
    /// Whether tables grow by what is written.
    pub grows: bool,
    /// Bytes of tables that fit on a node's disk, where they grow.
    pub disk_bytes: u64,
}

/// `[[run]]`: an operation that a person asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedRun {
    /// When, after the beginning.
    pub at: Duration,
    /// Which.
    pub operation: String,
    /// How.
    pub parameters: Map<String, Json>,
}

/// `[[fault]]`: something that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultConfig {
    /// What.
    pub kind: FaultKind,
    /// Where; any node, drawn by the seed, where none is named.
    pub node: Option<NodePlace>,
    /// When.
    pub when: When,
    /// For how long; drawn by the seed where nothing is said. It ends at the horizon in any case.
    pub lasts: Option<Duration>,
    /// By how much: the delay of `slow`, the error of `clock-skew`.
    pub by: Option<Duration>,
    /// The plugin that loses a grant.
    pub plugin: Option<String>,
    /// The grant that it loses.
    pub grant: Option<String>,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// A node by its place: `dc1/rack1/1`, the last counting from 1 within the rack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodePlace {
    /// Its data centre.
    pub data_centre: String,
    /// Its rack.
    pub rack: String,
    /// Which of the rack, from 1.
    pub number: u16,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// The node's process dies; it is started again when the fault is over.
    Crash,
    /// The process stands still: it answers nobody, and its peers see it down.
    Hang,
    /// Its management endpoint answers late.
    Slow,
    /// Its data disk is full: repairs fail there, and it stops serving clients.
    DiskFull,
    /// Its data disk is slow: repairs take ten times as long, compactions pile up.
    DiskSlow,
    /// Streams to and from it fail.
    StreamFailure,
    /// Repairs that it leads never end by themselves.
    RepairStuck,
    /// It does not take up a schema change.
    SchemaDisagreement,
    /// It runs the next release line, as in the middle of an upgrade.
    OtherRelease,
    /// Its clock goes wrong.
    ClockSkew,
    /// It and the others do not reach each other; the host reaches both.
    Partition,
    /// It receives nothing from the others, who see it down once they are convinced.
    OneWayPartition,
    /// The answer to the next call that changes something there is lost, and the call done.
    AnswerLost,
    /// Its management endpoint is gone; the node lives.
    AgentDead,
    /// Hints that are kept for it are lost.
    HintsLost,
    /// Another tool repairs there.
    ForeignRepair,
    /// The host is killed, and started again when the fault is over.
    HostKill,
    /// Another host starts on the same journal; the one before lives on until the fault is over.
    SecondHost,
    /// A plugin loses a grant, by a restart of the host, and has it again when the fault is over.
    GrantRevoked,
}

/// When a fault happens.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// At this time after the beginning.
    At(Duration),
    /// Each time so many such events were seen.
    On {
        /// Which event.
        event: FaultEvent,
        /// Which of them, from 1.
        nth: u32,
    },
    /// So often a day, at times drawn by the seed. Each seed draws a factor for it, between nothing and twice.
    PerDay(f64),
}

/// Events on which a fault can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultEvent {
    /// The host has written to its journal.
    JournalWrite,
    /// The host has written what it intends, and the guard was not asked again.
    Intended,
    /// The host has written what it intends, and not called yet.
    BeforeCall,
    /// A call was answered, and the answer is not written.
    AfterCall,
    /// The answer is written.
    AfterJournal,
    /// The end of a call's work is known, and not written.
    BeforeEnd,
    /// The end of a call's work is written.
    AfterEnd,
    /// A repair has begun on a node.
    RepairBegan,
    /// A node was drained.
    NodeDrained,
    /// The host has stopped a node's process.
    NodeStopped,
    /// The host has started a node's process.
    NodeStarted,
}

/// `[[goal]]`: what must hold when everything is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalConfig {
    /// What.
    pub kind: GoalKind,
    /// The operation it is about, for runs.
    pub operation: Option<String>,
    /// At least so many, for runs; 1 where nothing is said.
    pub count: u32,
    /// The beginning of a finding's key, for findings.
    pub finding: Option<String>,
    /// The line of the file on which it begins.
    pub line: usize,
}

/// What can be asked of the end of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GoalKind {
    /// Every node serves.
    AllNodesServe,
    /// No run is open.
    EveryRunEnded,
    /// So many runs of the operation have succeeded.
    RunsSucceeded,
    /// A finding whose key begins so was opened at some time.
    FindingOpened,
    /// No finding whose key begins so is open any more; none at all where no key is given.
    NoOpenFinding,
    /// Every replica has every row that was written before the last repair of it.
    NoDivergence,
}

impl Scenario {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it is wrong; then everything that is wrong.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&document::text_of(path)?, path)
    }

    /// Checks `text` as if it stood in `file`. Relative paths in it are relative to the folder of `file`.
    ///
    /// # Errors
    /// When anything in it is wrong; then everything that is wrong.
    pub fn parse(text: &str, file: &Path) -> Result<Self, ConfigError> {
        document::read(text, file, &ROOT, Self::read)
    }
}
