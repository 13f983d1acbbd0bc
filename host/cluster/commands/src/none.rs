//! Where nobody said how Cassandra is started.

use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{ProcessDriver, ProcessError, ProcessErrorKind, ProcessPlace, ProcessState};

/// A driver of a cluster without commands: it can do nothing, and says what is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDriver;

impl NoDriver {
    fn refuse<T>(what: &str, node: &ProcessPlace) -> Result<T, ProcessError> {
        Err(ProcessError {
            kind: ProcessErrorKind::Unsupported,
            message: format!(
                "{}: nothing is configured to {what} Cassandra there: set `start` and `stop` in [cluster.process]",
                node.endpoint
            ),
        })
    }
}

#[async_trait]
impl ProcessDriver for NoDriver {
    async fn start(&self, node: &ProcessPlace) -> Result<(), ProcessError> {
        Self::refuse("start", node)
    }

    async fn stop(&self, node: &ProcessPlace) -> Result<(), ProcessError> {
        Self::refuse("stop", node)
    }

    async fn state(&self, _: &ProcessPlace) -> Result<ProcessState, ProcessError> {
        Ok(ProcessState::Unknown)
    }

    fn limit(&self) -> Duration {
        Duration::ZERO
    }
}
