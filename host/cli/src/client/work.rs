//! Runs, repairs, schedules, leases, freezes and the journal.

use std::time::Duration;

use ringkeeper_api::{
    ApproveRequest, BackupAnswer, BackupRequest, CancelRequest, CoverageRow, FreezeRequest, FreezeStatus,
    GuardAnswer, GuardQuestion, LeaseRow, PlanAnswer, RejectRequest, RunDetail, RunRequest, RunSummary,
    ScheduleChange, ScheduleRow, ToolOutput, WindowRow,
};
use ringkeeper_cluster::ToolStream;

use super::{ANSWER_LIMIT, Client, PLAN_LIMIT, url};
use crate::failure::Failure;

/// How long a copy of the journal may take.
const BACKUP_LIMIT: Duration = Duration::from_secs(600);

impl Client {
    /// Opens a run. It is planned first, unless an approved plan is named.
    pub(crate) async fn open_run(&self, request: &RunRequest) -> Result<RunSummary, Failure> {
        self.send(self.http.post(url(&["runs"])?).json(request).timeout(PLAN_LIMIT))
            .await
    }

    /// Runs of one cluster, or of all, newest first.
    pub(crate) async fn runs(&self, cluster: Option<&str>) -> Result<Vec<RunSummary>, Failure> {
        self.get_of(&["runs"], &[("cluster", cluster)]).await
    }

    /// A run in full.
    pub(crate) async fn run(&self, id: &str) -> Result<RunDetail, Failure> {
        self.get(&["runs", id]).await
    }

    /// What an open run has before it.
    pub(crate) async fn plan_of_run(&self, id: &str) -> Result<PlanAnswer, Failure> {
        let request = self.http.get(url(&["runs", id, "plan"])?);
        self.send(request.timeout(ANSWER_LIMIT)).await
    }

    /// A piece of what the tool of a run printed.
    pub(crate) async fn tool_output(
        &self,
        id: &str,
        stream: ToolStream,
        from: u64,
    ) -> Result<ToolOutput, Failure> {
        let stream = match stream {
            ToolStream::Output => "output",
            ToolStream::Complaints => "complaints",
        };
        let from = from.to_string();
        self.get_of(
            &["runs", id, "output"],
            &[("stream", Some(stream)), ("from", Some(&from))],
        )
        .await
    }

    /// Approves what a run waits with.
    pub(crate) async fn approve_run(&self, id: &str, hash: String) -> Result<RunSummary, Failure> {
        let request = self.http.post(url(&["runs", id, "approve"])?);
        self.send(request.json(&ApproveRequest { hash }).timeout(ANSWER_LIMIT))
            .await
    }

    /// Rejects what a run waits with.
    pub(crate) async fn reject_run(&self, id: &str, reason: String) -> Result<RunSummary, Failure> {
        let request = self.http.post(url(&["runs", id, "reject"])?);
        self.send(request.json(&RejectRequest { reason }).timeout(ANSWER_LIMIT))
            .await
    }

    /// Begins no further piece of a run.
    pub(crate) async fn pause_run(&self, id: &str) -> Result<RunSummary, Failure> {
        let request = self.http.post(url(&["runs", id, "pause"])?);
        self.send(request.timeout(ANSWER_LIMIT)).await
    }

    /// Goes on with a paused run.
    pub(crate) async fn resume_run(&self, id: &str) -> Result<RunSummary, Failure> {
        let request = self.http.post(url(&["runs", id, "resume"])?);
        self.send(request.timeout(ANSWER_LIMIT)).await
    }

    /// Ends a run when what runs has ended; with `now`, ends that too.
    pub(crate) async fn cancel_run(&self, id: &str, now: bool) -> Result<RunSummary, Failure> {
        let request = self.http.post(url(&["runs", id, "cancel"])?);
        self.send(request.json(&CancelRequest { now }).timeout(ANSWER_LIMIT))
            .await
    }

    /// How far the tables of a cluster are repaired, the most urgent first.
    pub(crate) async fn coverage(
        &self,
        cluster: &str,
        keyspace: Option<&str>,
    ) -> Result<Vec<CoverageRow>, Failure> {
        self.get_of(&["clusters", cluster, "repairs"], &[("keyspace", keyspace)])
            .await
    }

    /// Schedules of one cluster, or of all.
    pub(crate) async fn schedules(&self, cluster: Option<&str>) -> Result<Vec<ScheduleRow>, Failure> {
        self.get_of(&["schedules"], &[("cluster", cluster)]).await
    }

    /// Changes a schedule.
    pub(crate) async fn change_schedule(&self, change: &ScheduleChange) -> Result<ScheduleRow, Failure> {
        let request = self.http.put(url(&["schedules"])?).json(change);
        self.send(request.timeout(ANSWER_LIMIT)).await
    }

    /// Windows and freezes that are about one cluster, or all.
    pub(crate) async fn windows(&self, cluster: Option<&str>) -> Result<Vec<WindowRow>, Failure> {
        self.get_of(&["windows"], &[("cluster", cluster)]).await
    }

    /// Who holds which node of one cluster, or of all.
    pub(crate) async fn leases(&self, cluster: Option<&str>) -> Result<Vec<LeaseRow>, Failure> {
        self.get_of(&["leases"], &[("cluster", cluster)]).await
    }

    /// Whether work on some nodes could begin now.
    pub(crate) async fn explain(&self, question: &GuardQuestion) -> Result<GuardAnswer, Failure> {
        let request = self.http.post(url(&["guard", "explain"])?);
        self.send(request.json(question).timeout(ANSWER_LIMIT)).await
    }

    /// Whether a cluster is frozen.
    pub(crate) async fn freeze_status(&self, cluster: Option<&str>) -> Result<FreezeStatus, Failure> {
        self.get_of(&["freeze"], &[("cluster", cluster)]).await
    }

    /// Freezes a cluster, or lifts that.
    pub(crate) async fn set_freeze(&self, request: &FreezeRequest) -> Result<FreezeStatus, Failure> {
        let request = self.http.post(url(&["freeze"])?).json(request);
        self.send(request.timeout(ANSWER_LIMIT)).await
    }

    /// Copies the journal into a new file.
    pub(crate) async fn back_up_journal(&self, file: String) -> Result<BackupAnswer, Failure> {
        let request = self.http.post(url(&["journal", "backup"])?);
        self.send(request.json(&BackupRequest { file }).timeout(BACKUP_LIMIT))
            .await
    }
}
