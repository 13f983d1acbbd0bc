//! What people and programs ask about runs, repairs, schedules and freezes, and tell them.

use ringkeeper_api::{
    CoverageRow, EventRow, FreezeRequest, FreezeStatus, LeaseRow, RunDetail, RunRequest, RunSummary,
    ScheduleChange, ScheduleRow,
};
use ringkeeper_journal::JournalError;
use thiserror::Error;
use tokio::sync::watch;

use crate::{Conductor, DryRunError};

/// Why it was not done.
#[derive(Debug, Error)]
pub enum RunError {
    /// The cluster, operation, parameters or plan do not fit.
    #[error(transparent)]
    Plan(#[from] DryRunError),
    /// There is no such run.
    #[error("no run is called `{id}`")]
    NoRun {
        /// What was asked for.
        id: String,
    },
    /// The plan that was approved is not there any more.
    #[error("no plan with the hash {hash} is kept: {reason}")]
    NoPlan {
        /// What was asked for.
        hash: String,
        /// Why.
        reason: String,
    },
    /// It cannot be done as things stand.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
        /// What to do.
        cure: String,
    },
    /// What was said is wrong.
    #[error("{message}")]
    Invalid {
        /// What and why.
        message: String,
    },
    /// The journal cannot be read or written, so nothing was done.
    #[error("the journal cannot be used: {0}")]
    Journal(#[from] JournalError),
    /// The cluster cannot be asked now.
    #[error("{0}")]
    Unavailable(String),
}

#[expect(unused_variables, reason = "not built yet")]
impl Conductor {
    /// Plans an operation, or takes the plan that was approved, and opens a run that carries it out.
    ///
    /// # Errors
    /// When it does not fit, the plugin refuses, or the journal cannot be written. Then nothing was opened.
    pub async fn open_run(&self, request: &RunRequest) -> Result<RunSummary, RunError> {
        Err(not_built())
    }

    /// Runs of one cluster, or of all, newest first.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn runs(&self, cluster: Option<&str>) -> Result<Vec<RunSummary>, RunError> {
        Err(not_built())
    }

    /// A run in full.
    ///
    /// # Errors
    /// When there is none.
    pub fn run(&self, id: &str) -> Result<RunDetail, RunError> {
        Err(not_built())
    }

    /// Begins no further piece of a run until it is resumed.
    ///
    /// # Errors
    /// When there is no such run or it has ended.
    pub async fn pause_run(&self, id: &str) -> Result<RunSummary, RunError> {
        Err(not_built())
    }

    /// Goes on with a paused run.
    ///
    /// # Errors
    /// When there is no such run or it is not paused.
    pub async fn resume_run(&self, id: &str) -> Result<RunSummary, RunError> {
        Err(not_built())
    }

    /// Begins no further piece of a run and ends it when what runs has ended; `now` ends that too, where nothing foreign
    /// would be ended with it.
    ///
    /// # Errors
    /// When there is no such run, it has ended, or `now` would end a repair that is not ours.
    pub async fn cancel_run(&self, id: &str, now: bool) -> Result<RunSummary, RunError> {
        Err(not_built())
    }

    /// How far tables are repaired, the most urgent first.
    ///
    /// # Errors
    /// When there is no such cluster or keyspace, or the host has not looked at it yet.
    pub async fn coverage(
        &self,
        cluster: Option<&str>,
        keyspace: Option<&str>,
    ) -> Result<Vec<CoverageRow>, RunError> {
        Err(not_built())
    }

    /// Schedules of one cluster, or of all.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn schedules(&self, cluster: Option<&str>) -> Result<Vec<ScheduleRow>, RunError> {
        Err(not_built())
    }

    /// Changes a schedule.
    ///
    /// # Errors
    /// When cluster or operation are unknown, or the expression or zone is bad. Then nothing was changed.
    pub async fn change_schedule(&self, change: &ScheduleChange) -> Result<ScheduleRow, RunError> {
        Err(not_built())
    }

    /// Who holds which node.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn leases(&self, cluster: Option<&str>) -> Result<Vec<LeaseRow>, RunError> {
        Err(not_built())
    }

    /// Whether changing calls are held back.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn freeze_status(&self, cluster: Option<&str>) -> Result<FreezeStatus, RunError> {
        Err(not_built())
    }

    /// Holds back changing calls, or lifts that.
    ///
    /// # Errors
    /// When no cluster is so called, or the journal cannot be written.
    pub async fn set_freeze(&self, request: &FreezeRequest) -> Result<FreezeStatus, RunError> {
        Err(not_built())
    }

    /// Events of a cluster after a version, oldest first, at most `limit`; of one run alone where one is named.
    ///
    /// # Errors
    /// When no cluster is so called, or the journal cannot be read.
    pub async fn events(
        &self,
        cluster: Option<&str>,
        run: Option<&str>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, RunError> {
        Err(not_built())
    }

    /// Tells the version of a cluster's stream whenever it grows.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn versions(&self, cluster: Option<&str>) -> Result<watch::Receiver<u64>, RunError> {
        Err(not_built())
    }

    /// Writes a copy of the journal into a new file.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub async fn back_up_journal(&self, file: &std::path::Path) -> Result<u64, RunError> {
        Err(not_built())
    }
}

fn not_built() -> RunError {
    RunError::Unavailable("not built yet".to_owned())
}
