//! What a step may do to the cluster: the seam to whoever owns the run.
//!
//! The sandbox turns a plugin's call into values and hands it over; whether it is allowed, journaled, repeated or
//! refused is decided behind [`Work`], out of every plugin's reach.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{NodeId, RepairOrder, TableName};
use ringkeeper_ring::TokenRange;
use ringkeeper_seams::Timestamp;
use thiserror::Error;

/// Calls of a plugin that touch the cluster, or read what was done to it.
#[async_trait]
pub trait Work: std::fmt::Debug + Send + Sync {
    /// Starts a repair, or answers the job of the same call made before in this step.
    ///
    /// # Errors
    /// As `repair.start` of the contract has them.
    async fn start_repair(&self, coordinator: NodeId, order: RepairOrder) -> Result<Job, WorkError>;

    /// Writes memtables to disk.
    ///
    /// # Errors
    /// As `tables.flush` of the contract has them.
    async fn flush(&self, node: NodeId, keyspace: &str, tables: &[String]) -> Result<(), WorkError>;

    /// Drains a node: the job of it. It is carried out once the plugin waits for the job or its attempt ends.
    ///
    /// # Errors
    /// As `lifecycle.drain` of the contract has them.
    async fn drain(&self, node: NodeId) -> Result<Job, WorkError>;

    /// Drains a node and stops its process: the job of it, carried out as for [`Work::drain`].
    ///
    /// # Errors
    /// As `lifecycle.stop` of the contract has them.
    async fn stop(&self, node: NodeId) -> Result<Job, WorkError>;

    /// Starts the process of a node and waits until the node is back in its ring: the job of it, carried out as for
    /// [`Work::drain`].
    ///
    /// # Errors
    /// As `lifecycle.start` of the contract has them.
    async fn start(&self, node: NodeId) -> Result<Job, WorkError>;

    /// Runs one of Cassandra's tools beside a node: the job of it. It is begun once the plugin waits for the job or its
    /// attempt ends.
    ///
    /// # Errors
    /// As `tools.run` of the contract has them.
    async fn run_tool(&self, node: NodeId, wanted: ToolWanted) -> Result<Job, WorkError>;

    /// Whether tools can be run beside this node now.
    ///
    /// # Errors
    /// [`WorkError::NotFound`], [`WorkError::Unsupported`] where nothing runs them there, [`WorkError::Unavailable`].
    async fn runs_tools(&self, node: NodeId) -> Result<(), WorkError>;

    /// Waits until a node is as wanted, asking it and its peers again and again.
    ///
    /// # Errors
    /// [`WorkError::TimedOut`] with what is still missing; [`WorkError::NotFound`]; [`WorkError::Unavailable`] where
    /// the run is being cancelled.
    async fn wait_until(&self, wait: Wait) -> Result<(), WorkError>;

    /// How a job of this run stands.
    ///
    /// # Errors
    /// [`WorkError::NotFound`].
    async fn job(&self, id: &str) -> Result<JobStatus, WorkError>;

    /// Ranges of a table that were repaired among these data centres, disjoint and in token order.
    ///
    /// # Errors
    /// [`WorkError::NotFound`], [`WorkError::Unavailable`].
    async fn ledger(&self, table: &TableName, data_centres: &[String]) -> Result<Vec<Repaired>, WorkError>;

    /// Repair commands that run now.
    ///
    /// # Errors
    /// [`WorkError::Unavailable`].
    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError>;
}

/// A tool to run, as a plugin wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolWanted {
    /// The tool, by its name in the catalogue.
    pub tool: String,
    /// Names and values of its parameters.
    pub values: Vec<(String, String)>,
    /// How it is meant.
    pub intent: ToolIntent,
}

/// How a tool is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolIntent {
    /// To be run, unless it can destroy something: then as a dry run, or not at all where it has none.
    Careful,
    /// Only to say what it would do.
    DryRun,
    /// To be run, whatever it can destroy.
    ForReal,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The node.
    pub node: NodeId,
    /// What must hold of it, all at once.
    pub criteria: BTreeSet<Criterion>,
    /// For how long without a break.
    pub steady: Duration,
    /// How long is waited at most.
    pub limit: Duration,
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// Its process answers, and gossips.
    Process,
    /// It says it is NORMAL, and every live peer sees it up.
    Ring,
    /// It takes CQL clients.
    NativeTransport,
    /// All live nodes have one schema version.
    Schema,
    /// No peer holds hints for it that are still to be delivered.
    Hints,
}

/// A job as a plugin holds it: its id, and how it stood when it was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id within the cluster.
    pub id: String,
}

/// How a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobStatus {
    /// In a word.
    pub state: JobState,
    /// The node's or the host's words.
    pub message: String,
}

/// How a job stands, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Asked for; nobody knows yet whether it began.
    Pending,
    /// It runs.
    Running,
    /// It ended well.
    Succeeded,
    /// It ended badly.
    Failed,
    /// Somebody ended it.
    Cancelled,
    /// Gone without a verdict.
    Lost,
}

/// A range and its last repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The range.
    pub range: TokenRange,
    /// When that repair began.
    pub at: Timestamp,
    /// `ringkeeper` or `other`.
    pub by: &'static str,
}

/// A repair command that runs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningRepair {
    /// The node that leads it.
    pub coordinator: NodeId,
    /// Its number there.
    pub command: i32,
    /// Whether this host started it.
    pub ours: bool,
}

/// Why it was not done; the plugin is told.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WorkError {
    /// The step or the operator's grants do not allow it.
    #[error("{0}")]
    AccessDenied(String),
    /// No such thing.
    #[error("{0}")]
    NotFound(String),
    /// An argument makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// Not now.
    #[error("{0}")]
    Unavailable(String),
    /// Something else is at work there.
    #[error("{0}")]
    Conflict(String),
    /// Not with this backend.
    #[error("{0}")]
    Unsupported(String),
    /// Whether it took effect is unknown.
    #[error("{0}")]
    TimedOut(String),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// Where nothing can be done: a plugin that is only tried out.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWork;

impl NoWork {
    fn refuse<T>() -> Result<T, WorkError> {
        Err(WorkError::Unsupported(
            "this call has no cluster behind it".to_owned(),
        ))
    }
}

#[async_trait]
impl Work for NoWork {
    async fn start_repair(&self, _: NodeId, _: RepairOrder) -> Result<Job, WorkError> {
        Self::refuse()
    }

    async fn flush(&self, _: NodeId, _: &str, _: &[String]) -> Result<(), WorkError> {
        Self::refuse()
    }

    async fn drain(&self, _: NodeId) -> Result<Job, WorkError> {
        Self::refuse()
    }

    async fn stop(&self, _: NodeId) -> Result<Job, WorkError> {
        Self::refuse()
    }

    async fn start(&self, _: NodeId) -> Result<Job, WorkError> {
        Self::refuse()
    }

    async fn run_tool(&self, _: NodeId, _: ToolWanted) -> Result<Job, WorkError> {
        Self::refuse()
    }

    async fn runs_tools(&self, _: NodeId) -> Result<(), WorkError> {
        Self::refuse()
    }

    async fn wait_until(&self, _: Wait) -> Result<(), WorkError> {
        Self::refuse()
    }

    async fn job(&self, _: &str) -> Result<JobStatus, WorkError> {
        Self::refuse()
    }

    async fn ledger(&self, _: &TableName, _: &[String]) -> Result<Vec<Repaired>, WorkError> {
        Self::refuse()
    }

    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        Self::refuse()
    }
}
