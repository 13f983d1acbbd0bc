//! The machine below a node: what only a program on it can tell.

mod beside;

use std::fmt;

use async_trait::async_trait;

use crate::{Endpoint, NodeError, NodeErrorKind, Sample};

pub use beside::{
    DataDirectory, Installed, InstalledCassandra, InstalledJava, KeptSnapshot, LogLevel, LogQuestion,
    LogTail, NodeStorage,
};

/// Tells how the machines of a cluster are, also while Cassandra does not run there. Every call has its own time limit or
/// bears to be dropped; a machine that cannot be asked costs nobody else anything.
#[async_trait]
pub trait Machines: fmt::Debug + Send + Sync {
    /// The numbers of [`crate::Tier::Machine`] of the machine of this node, whether or not its Cassandra runs. What the
    /// machine does not tell is left out.
    ///
    /// # Errors
    /// [`NodeErrorKind::Unsupported`] where there is nobody to ask; else why no answer came.
    async fn machine(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError>;

    /// The end of the system log of this node.
    ///
    /// # Errors
    /// As for [`Machines::machine`].
    async fn log(&self, node: Endpoint, _: LogQuestion) -> Result<LogTail, NodeError> {
        Err(nobody(node))
    }

    /// Where this node keeps its data, with the room that is left there, and its snapshots.
    ///
    /// # Errors
    /// As for [`Machines::machine`].
    async fn storage(&self, node: Endpoint) -> Result<NodeStorage, NodeError> {
        Err(nobody(node))
    }

    /// Which Cassandra and which Java are installed on the machine of this node.
    ///
    /// # Errors
    /// As for [`Machines::machine`].
    async fn installed(&self, node: Endpoint) -> Result<Installed, NodeError> {
        Err(nobody(node))
    }
}

fn nobody(node: Endpoint) -> NodeError {
    NodeError::new(
        NodeErrorKind::Unsupported,
        node,
        "nobody tells of the machines of this cluster: run agents and set [cluster.agents]",
    )
}

/// Nobody can be asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMachines;

#[async_trait]
impl Machines for NoMachines {
    async fn machine(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        Err(nobody(node))
    }
}
