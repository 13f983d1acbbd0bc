//! What a plan may see of work on the cluster. It changes nothing: the sandbox answers changing calls before they come here.

use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_cluster::{NodeId, RepairOrder, TableName};
use ringkeeper_sandbox::{Job, JobStatus, Repaired, RunningRepair, ToolWanted, Wait, Work, WorkError};
use ringkeeper_seams::Clock;

use crate::conductor::Watched;

/// The reading half of the gate.
#[derive(Debug)]
pub(crate) struct PlanningWork {
    pub(crate) cluster: Arc<Watched>,
    pub(crate) clock: Arc<dyn Clock>,
}

fn changes<T>() -> Result<T, WorkError> {
    Err(WorkError::AccessDenied("a plan changes nothing".to_owned()))
}

#[async_trait]
impl Work for PlanningWork {
    async fn start_repair(&self, _: NodeId, _: RepairOrder) -> Result<Job, WorkError> {
        changes()
    }

    async fn flush(&self, _: NodeId, _: &str, _: &[String]) -> Result<(), WorkError> {
        changes()
    }

    async fn drain(&self, _: NodeId) -> Result<Job, WorkError> {
        changes()
    }

    async fn stop(&self, _: NodeId) -> Result<Job, WorkError> {
        changes()
    }

    async fn start(&self, _: NodeId) -> Result<Job, WorkError> {
        changes()
    }

    async fn run_tool(&self, _: NodeId, _: ToolWanted) -> Result<Job, WorkError> {
        changes()
    }

    async fn runs_tools(&self, node: NodeId) -> Result<(), WorkError> {
        self.cluster.runs_tools(node).await
    }

    async fn wait_until(&self, _: Wait) -> Result<(), WorkError> {
        changes()
    }

    async fn job(&self, id: &str) -> Result<JobStatus, WorkError> {
        Err(WorkError::NotFound(format!(
            "a plan has no jobs, so none is called `{id}`"
        )))
    }

    async fn ledger(&self, table: &TableName, data_centres: &[String]) -> Result<Vec<Repaired>, WorkError> {
        self.cluster
            .repaired_ranges(self.clock.now(), table, data_centres)
            .await
    }

    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        self.cluster.running_repairs()
    }
}
