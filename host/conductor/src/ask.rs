//! What people and programs ask about runs, repairs, schedules and freezes, and tell them.

use ringkeeper_api::{
    CoverageRow, EventRow, FreezeRequest, FreezeStatus, GuardAnswer, GuardQuestion, LeaseRow, PlanAnswer,
    RunDetail, RunRequest, RunSummary, ScheduleChange, ScheduleRow, ToolOutput,
};
use ringkeeper_cluster::ToolStream;
use ringkeeper_journal::{Event, JournalError, RunState, Version};
use thiserror::Error;
use tokio::sync::watch;

use crate::runs::{coverage, rows};
use crate::{Conductor, DryRunError, event_words};

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
    /// What was approved is not what there is to approve.
    #[error("{message}")]
    NotApproved {
        /// What is wrong with it.
        message: String,
        /// What to do.
        cure: String,
    },
    /// It cannot be done as things stand.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
        /// What to do.
        cure: String,
    },
    /// Something that was named does not exist.
    #[error("{message}")]
    NotFound {
        /// What, and what there is.
        message: String,
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

impl Conductor {
    /// Plans an operation, or takes the plan that was approved, and opens a run that carries it out.
    ///
    /// # Errors
    /// When it does not fit, the plugin refuses, or the journal cannot be written. Then nothing was opened.
    pub async fn open_run(&self, request: &RunRequest) -> Result<RunSummary, RunError> {
        self.open_run_as(request, "a person").await
    }

    /// As [`Conductor::open_run`], where it is known who asks: an approval that is given with it bears that name.
    ///
    /// # Errors
    /// As there.
    pub async fn open_run_as(&self, request: &RunRequest, by: &str) -> Result<RunSummary, RunError> {
        // Boxed, as a plan's whole call lives in it.
        Box::pin(self.open_for_person(request, by)).await
    }

    /// Approves what a run waits with, in the name of `by`. It is the hash that is approved, and it is used up with it.
    ///
    /// # Errors
    /// When there is no such run, it waits with something else or with nothing, or the world is another one by now.
    pub async fn approve_run(&self, id: &str, hash: &str, by: &str) -> Result<RunSummary, RunError> {
        self.approve(id, hash, by).await
    }

    /// Rejects what a run waits with, in the name of `by`. Nothing more of it begins, and it ends refused.
    ///
    /// # Errors
    /// When there is no such run, or it waits for nobody's word.
    pub async fn reject_run(&self, id: &str, reason: &str, by: &str) -> Result<RunSummary, RunError> {
        self.reject(id, reason, by).await
    }

    /// Runs of one cluster, or of all, newest first.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn runs(&self, cluster: Option<&str>) -> Result<Vec<RunSummary>, RunError> {
        let now = self.seams().clock.now();
        let mut rows = Vec::new();
        for cluster in self.named_or_all(cluster)? {
            let book = cluster.stream.book();
            rows.extend(book.runs().map(|run| rows::summary(cluster, run, now)));
        }
        rows.sort_by(|one, other| {
            other
                .opened_at
                .cmp(&one.opened_at)
                .then_with(|| other.id.cmp(&one.id))
        });
        Ok(rows)
    }

    /// A run in full.
    ///
    /// # Errors
    /// When there is none.
    pub fn run(&self, id: &str) -> Result<RunDetail, RunError> {
        let (cluster, run) = self.run_named(id)?;
        let book = cluster.stream.book();
        match book.run(&run) {
            Some(run) => Ok(rows::detail(&cluster, run, self.seams().clock.now())),
            None => Err(RunError::NoRun { id: run.0 }),
        }
    }

    /// What an open run has before it, as it was planned, and what the guard has against it now.
    ///
    /// # Errors
    /// When there is no such run, or it has ended.
    pub async fn plan_of_run(&self, id: &str) -> Result<PlanAnswer, RunError> {
        self.plan_before(id).await
    }

    /// A piece of what a tool of a run printed to a stream, from a byte on: of the last one that was begun, or of `job`.
    ///
    /// # Errors
    /// When there is no such run or job, or what it printed cannot be had.
    pub async fn tool_output(
        &self,
        id: &str,
        job: Option<&str>,
        stream: ToolStream,
        from: u64,
    ) -> Result<ToolOutput, RunError> {
        self.printed_by_tool(id, job, stream, from).await
    }

    /// Begins no further piece of a run until it is resumed. `by` is who wants it.
    ///
    /// # Errors
    /// When there is no such run or it has ended.
    pub async fn pause_run(&self, id: &str, by: &str) -> Result<RunSummary, RunError> {
        self.change_run(
            id,
            &[RunState::Running],
            RunState::Paused,
            "a person paused it",
            by,
        )
        .await
    }

    /// Goes on with a paused run. `by` is who wants it.
    ///
    /// # Errors
    /// When there is no such run or it is not paused.
    pub async fn resume_run(&self, id: &str, by: &str) -> Result<RunSummary, RunError> {
        self.change_run(id, &[RunState::Paused], RunState::Running, "", by)
            .await
    }

    /// Begins no further piece of a run and ends it when what runs has ended; `now` ends that too, where nothing foreign
    /// would be ended with it. `by` is who wants it.
    ///
    /// # Errors
    /// When there is no such run, it has ended, or `now` would end a repair that is not ours.
    pub async fn cancel_run(&self, id: &str, now: bool, by: &str) -> Result<RunSummary, RunError> {
        let from = [RunState::AwaitingApproval, RunState::Running, RunState::Paused];
        let summary = self
            .change_run(id, &from, RunState::Cancelling, "a person cancelled it", by)
            .await?;
        if now {
            self.end_running(id).await?;
        }
        Ok(summary)
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
        let cluster = self.cluster_named(cluster)?;
        let snapshot = cluster
            .snapshot()
            .filter(|snapshot| snapshot.schema_observed_at.is_some())
            .ok_or_else(|| {
                RunError::Unavailable("the host has not looked at the cluster's schema yet".to_owned())
            })?;
        if let Some(unknown) = keyspace.filter(|name| !snapshot.keyspaces.contains_key(*name)) {
            let known: Vec<&str> = snapshot.keyspaces.keys().map(String::as_str).collect();
            return Err(RunError::NotFound {
                message: format!(
                    "there is no keyspace `{unknown}`; there are: {}",
                    known.join(", ")
                ),
            });
        }
        let now = self.seams().clock.now();
        let records = cluster.repair_records(now).await;
        Ok(coverage(&snapshot, &records, keyspace, now))
    }

    /// Schedules of one cluster, or of all.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn schedules(&self, cluster: Option<&str>) -> Result<Vec<ScheduleRow>, RunError> {
        let clusters = self.named_or_all(cluster)?;
        Ok(clusters
            .into_iter()
            .flat_map(|cluster| self.schedule_rows(cluster))
            .collect())
    }

    /// Changes a schedule. `by` is who wants it.
    ///
    /// # Errors
    /// When cluster or operation are unknown, or the expression or zone is bad. Then nothing was changed.
    pub async fn change_schedule(&self, change: &ScheduleChange, by: &str) -> Result<ScheduleRow, RunError> {
        self.set_schedule(change, by).await
    }

    /// Who holds which node.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn leases(&self, cluster: Option<&str>) -> Result<Vec<LeaseRow>, RunError> {
        let now = self.seams().clock.now();
        let clusters = self.named_or_all(cluster)?;
        Ok(clusters
            .into_iter()
            .flat_map(|cluster| rows::leases(cluster, now))
            .collect())
    }

    /// Whether work on some nodes could begin now, and if not, everything that stands in its way. A disruption is judged
    /// by a look at the cluster made for this answer.
    ///
    /// # Errors
    /// When there is no such cluster, node or rack, no node is named, or the host has not looked at the cluster yet.
    pub async fn explain(&self, question: &GuardQuestion) -> Result<GuardAnswer, RunError> {
        self.explained(question).await
    }

    /// Calls of which it is not known yet whether they took effect.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn in_doubt(&self, cluster: Option<&str>) -> Result<usize, RunError> {
        let book = self.cluster_named(cluster)?.stream.book();
        let open = book
            .effects()
            .filter(|(_, effect)| effect.doubt.is_some() && effect.result.is_none());
        Ok(open.filter(|(_, effect)| effect.command.is_none()).count())
    }

    /// Whether changing calls are held back.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn freeze_status(&self, cluster: Option<&str>) -> Result<FreezeStatus, RunError> {
        Ok(self.freeze_of(self.cluster_named(cluster)?))
    }

    /// Holds back changing calls, or lifts that. `by` is who wants it.
    ///
    /// # Errors
    /// When no cluster is so called, or the journal cannot be written.
    pub async fn set_freeze(&self, request: &FreezeRequest, by: &str) -> Result<FreezeStatus, RunError> {
        self.freeze(request, by).await
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
        let cluster = self.cluster_named(cluster)?;
        let page = match run {
            Some(run) => {
                let (_, run) = self.run_named(run)?;
                self.journal()
                    .read_run(&cluster.name, &run, Version(after), limit)
                    .await?
            }
            None => self.journal().read(&cluster.name, Version(after), limit).await?,
        };
        let rows = page.into_iter().map(|(version, recorded)| {
            let text = event_words::of(&recorded.event);
            let run = match &recorded.event {
                Event::Run { run, .. } => Some(run.0.clone()),
                _ => None,
            };
            EventRow {
                cluster: cluster.name.clone(),
                version: version.0,
                at: recorded.at,
                run,
                text,
                event: serde_json::to_value(&recorded.event).unwrap_or_default(),
            }
        });
        Ok(rows.collect())
    }

    /// Tells the version of a cluster's stream whenever it grows.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn versions(&self, cluster: Option<&str>) -> Result<watch::Receiver<u64>, RunError> {
        Ok(self.cluster_named(cluster)?.stream.versions())
    }

    /// Writes a copy of the journal into a new file.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub async fn back_up_journal(&self, file: &std::path::Path) -> Result<u64, RunError> {
        self.journal().back_up(file).await.map_err(|error| match error {
            JournalError::Exists { .. } | JournalError::NothingToBackUp => RunError::Invalid {
                message: error.to_string(),
            },
            error => error.into(),
        })
    }
}
