//! Nodes that are stopped and started as they are told, once the job is waited for.

use std::sync::Mutex;

use async_trait::async_trait;
use ringkeeper_cluster::{NodeId, RepairOrder, TableName};
use ringkeeper_sandbox::{
    Job, JobState, JobStatus, Repaired, RunningRepair, ToolWanted, Wait, Work, WorkError,
};

/// Who does what a step asks for, and keeps a record of it.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    jobs: Mutex<Vec<(String, JobState, String)>>,
    waits: Mutex<Vec<Wait>>,
    /// What stands in the way of a stop; nothing where it is empty.
    blocks: String,
    /// What a wait finds missing; nothing where it is empty.
    missing: String,
}

impl Nodes {
    /// None of them can be stopped, for this reason.
    pub(crate) fn blocked_by(words: &str) -> Self {
        Self {
            blocks: words.to_owned(),
            ..Self::default()
        }
    }

    /// None of them is ever as wanted, for this reason.
    pub(crate) fn missing(words: &str) -> Self {
        Self {
            missing: words.to_owned(),
            ..Self::default()
        }
    }

    /// Calls that made a job, in order: what, and to which node.
    pub(crate) fn calls(&self) -> Vec<String> {
        let jobs = self.jobs.lock().unwrap();
        jobs.iter().map(|(call, ..)| call.clone()).collect()
    }

    /// Waits, in order.
    pub(crate) fn waits(&self) -> Vec<Wait> {
        self.waits.lock().unwrap().clone()
    }

    /// All that was asked for is carried out, and ends well where nothing stands in its way.
    pub(crate) fn carry_out(&self) {
        for (call, state, message) in self.jobs.lock().unwrap().iter_mut() {
            if *state != JobState::Pending {
                continue;
            }
            *state = JobState::Succeeded;
            if call.starts_with("stop") && !self.blocks.is_empty() {
                (*state, *message) = (JobState::Lost, self.blocks.clone());
            }
        }
    }

    fn call(&self, what: &str, node: NodeId) -> Job {
        let call = format!("{what} {node}");
        let mut jobs = self.jobs.lock().unwrap();
        let known = jobs.iter().position(|(known, ..)| *known == call);
        let number = known.unwrap_or_else(|| {
            jobs.push((call, JobState::Pending, String::new()));
            jobs.len() - 1
        });
        Job {
            id: format!("job-{number}"),
        }
    }
}

#[async_trait]
impl Work for Nodes {
    async fn start_repair(&self, _: NodeId, _: RepairOrder) -> Result<Job, WorkError> {
        Err(WorkError::AccessDenied("no repair here".to_owned()))
    }

    async fn flush(&self, _: NodeId, _: &str, _: &[String]) -> Result<(), WorkError> {
        Err(WorkError::AccessDenied("no flush here".to_owned()))
    }

    async fn drain(&self, _: NodeId) -> Result<Job, WorkError> {
        Err(WorkError::AccessDenied("no drain alone here".to_owned()))
    }

    async fn stop(&self, node: NodeId) -> Result<Job, WorkError> {
        Ok(self.call("stop", node))
    }

    async fn start(&self, node: NodeId) -> Result<Job, WorkError> {
        Ok(self.call("start", node))
    }

    async fn run_tool(&self, _: NodeId, _: ToolWanted) -> Result<Job, WorkError> {
        Err(WorkError::AccessDenied("no tools here".to_owned()))
    }

    async fn runs_tools(&self, _: NodeId) -> Result<(), WorkError> {
        Err(WorkError::AccessDenied("no tools here".to_owned()))
    }

    async fn wait_until(&self, wait: Wait) -> Result<(), WorkError> {
        self.waits.lock().unwrap().push(wait);
        match self.missing.as_str() {
            "" => Ok(()),
            missing => Err(WorkError::TimedOut(missing.to_owned())),
        }
    }

    async fn job(&self, id: &str) -> Result<JobStatus, WorkError> {
        let number: usize = id.trim_start_matches("job-").parse().unwrap();
        let (_, state, message) = self.jobs.lock().unwrap()[number].clone();
        Ok(JobStatus { state, message })
    }

    async fn ledger(&self, _: &TableName, _: &[String]) -> Result<Vec<Repaired>, WorkError> {
        Ok(Vec::new())
    }

    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        Ok(Vec::new())
    }
}
