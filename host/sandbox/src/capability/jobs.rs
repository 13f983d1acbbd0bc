//! `jobs`: long work that goes on without the plugin.

use ringkeeper_plan::Impact;
use wasmtime::component::{HasSelf, Resource};

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::jobs::{Host, HostJob, State, add_to_linker};
use crate::call_state::{CallState, Refused};
use crate::work::{Job, JobState, JobStatus};

pub(super) const CAPABILITY: Capability = Capability {
    name: "jobs",
    summary: "sees how the long work stands that it started",
    access: Access::Reads,
    impact: Impact::Observe,
    base: true,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl CallState {
    /// Hands a job to the plugin.
    pub(super) fn give_job(&mut self, job: Job) -> Result<Resource<Job>, Refused> {
        self.meter.handle_given().map_err(wasmtime::Error::new)?;
        Ok(self.jobs.push(job).map_err(wasmtime::Error::from)?)
    }

    async fn status(&mut self, job: &Resource<Job>) -> Result<JobStatus, Refused> {
        let id = self.jobs.get(job).map_err(wasmtime::Error::from)?.id.clone();
        let context = self.enter(&CAPABILITY, 0)?;
        Ok(context.work.job(&id).await?)
    }
}

impl Host for CallState {
    async fn find(&mut self, id: String) -> Result<Resource<Job>, Refused> {
        let context = self.enter(&CAPABILITY, id.len())?;
        context.work.job(&id).await?;
        self.give_job(Job { id })
    }
}

impl HostJob for CallState {
    async fn id(&mut self, job: Resource<Job>) -> wasmtime::Result<String> {
        self.meter.host_call(0)?;
        Ok(self.jobs.get(&job)?.id.clone())
    }

    async fn state(&mut self, job: Resource<Job>) -> Result<State, Refused> {
        Ok(match self.status(&job).await?.state {
            JobState::Pending => State::Pending,
            JobState::Running => State::Running,
            JobState::Succeeded => State::Succeeded,
            JobState::Failed => State::Failed,
            JobState::Cancelled => State::Cancelled,
            JobState::Lost => State::Lost,
        })
    }

    async fn message(&mut self, job: Resource<Job>) -> Result<String, Refused> {
        Ok(self.status(&job).await?.message)
    }

    async fn drop(&mut self, job: Resource<Job>) -> wasmtime::Result<()> {
        self.jobs.delete(job)?;
        self.meter.handle_dropped();
        Ok(())
    }
}
