//! The process of a node, from outside: what starts and stops Cassandra on its machine.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Endpoint, NodeId};

/// Starts and stops Cassandra on a node's machine. Cassandra itself cannot: a process that is gone answers nobody. Every
/// call has its own time limit and never outlives it. A driver carries out and reports; whether the node is back in its
/// ring is judged by looking at the ring.
#[async_trait]
pub trait ProcessDriver: fmt::Debug + Send + Sync {
    /// Starts Cassandra. Asked for a node that runs already, it does nothing and succeeds.
    ///
    /// # Errors
    /// When it was not started, or nobody can tell.
    async fn start(&self, node: &ProcessPlace, order: &Order) -> Result<(), ProcessError>;

    /// Stops Cassandra, which was drained before. Asked for a node that is stopped already, it does nothing and succeeds.
    ///
    /// # Errors
    /// When it was not stopped, or nobody can tell.
    async fn stop(&self, node: &ProcessPlace, order: &Order) -> Result<(), ProcessError>;

    /// Whether Cassandra runs there.
    ///
    /// # Errors
    /// When nobody can tell.
    async fn state(&self, node: &ProcessPlace) -> Result<ProcessState, ProcessError>;

    /// How long one call may take at most. After a crash of the host, a call that it made may still be under way for that long.
    fn limit(&self) -> std::time::Duration;
}

/// Who wants it: for the record of whoever carries it out, who refuses what comes too late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The run.
    pub run: String,
    /// The step of it.
    pub step: String,
    /// The fencing number: that of the row in which the host wrote down this one call. A later call has a larger one.
    pub number: u64,
}

/// Where a process is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessPlace {
    /// The node.
    pub node: NodeId,
    /// Its gossip address.
    pub endpoint: Endpoint,
    /// Its data centre.
    pub data_centre: String,
    /// Its rack.
    pub rack: String,
}

/// Whether a process runs, by its driver's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProcessState {
    /// It runs.
    Running,
    /// It does not.
    Stopped,
    /// The driver has no way to tell.
    Unknown,
}

/// Why a driver could not do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{message}")]
pub struct ProcessError {
    /// What kind of reason.
    pub kind: ProcessErrorKind,
    /// What was tried and what came of it, the last words of its output included.
    pub message: String,
}

/// Kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessErrorKind {
    /// No driver is configured for this node, or it cannot do this.
    Unsupported,
    /// It was tried and failed.
    Failed,
    /// It took longer than it may; it may or may not have had its effect.
    TimedOut,
}

/// Where nothing is configured: every call answers [`ProcessErrorKind::Unsupported`] with the cure.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDriver;

impl NoDriver {
    fn refuse<T>(what: &str, node: &ProcessPlace) -> Result<T, ProcessError> {
        Err(ProcessError {
            kind: ProcessErrorKind::Unsupported,
            message: format!(
                "{}: nothing is configured to {what} Cassandra there: set `start` and `stop` in [cluster.process], or run agents and set [cluster.agents]",
                node.endpoint
            ),
        })
    }
}

#[async_trait]
impl ProcessDriver for NoDriver {
    async fn start(&self, node: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        Self::refuse("start", node)
    }

    async fn stop(&self, node: &ProcessPlace, _: &Order) -> Result<(), ProcessError> {
        Self::refuse("stop", node)
    }

    async fn state(&self, node: &ProcessPlace) -> Result<ProcessState, ProcessError> {
        Self::refuse("start and stop", node)
    }

    fn limit(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}
