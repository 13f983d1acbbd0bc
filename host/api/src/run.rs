//! Runs: operations that are carried out.

use ringkeeper_cluster::{Endpoint, ToolStream};
use ringkeeper_plan::{Cause, Impact};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::StakeRow;

/// What is to be run. `POST /api/v1/runs`; answers 202 with a [`RunSummary`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// The operation, e.g. `repair.full`.
    pub operation: String,
    /// The cluster; may be left out when the host has one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Parameters by name.
    #[serde(default)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
    /// Hash of a plan that was shown before: exactly that plan is carried out, or none.
    #[serde(default)]
    pub approve: Option<String>,
    /// When it must be done: the earlier, the sooner its steps come before others on their nodes.
    #[serde(default)]
    pub deadline: Option<Timestamp>,
    /// Whether that is about security: once it has passed, windows hold the run up no more. A freeze still does.
    #[serde(default)]
    pub security: bool,
}

/// How a run is to be cancelled. `POST /api/v1/runs/{id}/cancel`; answers a [`RunSummary`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// True to end what runs, too; false to let it end by itself.
    #[serde(default)]
    pub now: bool,
}

/// What is approved. `POST /api/v1/runs/{id}/approve`; answers a [`RunSummary`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveRequest {
    /// The hash of what the run waits with, in full.
    pub hash: String,
}

/// Why it is rejected. `POST /api/v1/runs/{id}/reject`; answers a [`RunSummary`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectRequest {
    /// Why, for whoever wonders.
    #[serde(default)]
    pub reason: String,
}

/// How a run stands with a person's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalRow {
    /// `waiting`, `given` or `refused`.
    pub state: String,
    /// What is, or was, to be approved: the hash of the plan, or of the plan with the steps that were added since.
    pub hash: String,
    /// Why a person is asked; empty where a person approved the plan with the run.
    #[serde(default)]
    pub reason: String,
    /// Since when a person is asked.
    #[serde(default)]
    pub asked_at: Option<Timestamp>,
    /// Without a word until then it is refused.
    #[serde(default)]
    pub until: Option<Timestamp>,
    /// Who approved it.
    #[serde(default)]
    pub by: Option<String>,
    /// When.
    #[serde(default)]
    pub at: Option<Timestamp>,
}

/// A run in a line. `GET /api/v1/runs?cluster=C`, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSummary {
    /// Its id.
    pub id: String,
    /// The cluster.
    pub cluster: String,
    /// The operation.
    pub operation: String,
    /// One line for a person.
    pub title: String,
    /// `AwaitingApproval`, `Running`, `Paused`, `Cancelling`, `Succeeded`, `Failed`, `Cancelled` or `Refused`.
    pub state: String,
    /// Why it runs.
    pub cause: Cause,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it ended; none while it goes on.
    pub ended_at: Option<Timestamp>,
    /// Steps of its plan.
    pub steps: usize,
    /// Steps done.
    pub steps_done: usize,
    /// Steps that failed.
    pub steps_failed: usize,
    /// The share of the work that is done, from 0 to 1, by the steps' estimates where they have them.
    pub progress: f64,
    /// Seconds it will still take at the pace so far; none where that cannot be told.
    pub eta_seconds: Option<u64>,
    /// What it waits for, each a sentence; empty while it works or after it ended.
    pub blocked_by: Vec<String>,
    /// How it ended, in a sentence or two; empty while it goes on.
    pub summary: String,
    /// How it stands with a person's word; none where nobody was ever asked.
    #[serde(default)]
    pub approval: Option<ApprovalRow>,
}

/// A run in full. `GET /api/v1/runs/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunDetail {
    /// In a line.
    #[serde(flatten)]
    pub run: RunSummary,
    /// Name of the plugin.
    pub plugin: String,
    /// BLAKE3 of the component it is carried out with.
    pub digest: String,
    /// Hash of the plan it carries out.
    pub plan_hash: String,
    /// Parameters.
    pub parameters: serde_json::Value,
    /// Every step, in the plan's order.
    pub step_rows: Vec<StepRow>,
    /// What is at risk with the functions that its steps call, and what undoes it.
    #[serde(default)]
    pub stakes: Vec<StakeRow>,
    /// What must hold when it ends, and how that stood when it did.
    pub goals: Vec<GoalRow>,
    /// When it must be done; none where nothing presses. While a repair is open this may be the moment at which one of its
    /// tables reaches `gc_grace_seconds`, and moves as its ranges are repaired.
    #[serde(default)]
    pub deadline: Option<DeadlineRow>,
    /// What the run took away and takes back: nodes it stopped or drained.
    #[serde(default)]
    pub undos: Vec<UndoRow>,
    /// Calls whose answer was lost, so that it was for a while unknown whether they took effect.
    pub in_doubt: u64,
    /// Calls that were made again after such a while.
    pub repeated: u64,
}

/// When a run must be done. Of several runs that want a node, the one about security comes first, then the earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeadlineRow {
    /// The moment; it may have passed.
    pub at: Timestamp,
    /// Whether it is about security.
    pub security: bool,
    /// Why, in words: `table shop.orders reaches gc_grace`.
    pub reason: String,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepRow {
    /// Its id.
    pub id: String,
    /// One line for a person: what is done.
    pub title: String,
    /// One line for a person: why it is in the plan; empty in plans of hosts that did not ask for it.
    #[serde(default)]
    pub reason: String,
    /// `Pending`, `Blocked`, `Running`, `Waiting`, `InDoubt`, `Postponed`, `Done`, `Failed` or `Skipped`.
    pub state: String,
    /// Its strongest impact.
    pub impact: Impact,
    /// Addresses of the nodes it touches.
    pub nodes: Vec<String>,
    /// Changing functions it may call; any other is refused.
    #[serde(default)]
    pub functions: Vec<String>,
    /// The attempt at it, from 1; 0 before the first.
    pub attempt: u32,
    /// When its last attempt began.
    pub started_at: Option<Timestamp>,
    /// When its last attempt ended.
    pub ended_at: Option<Timestamp>,
    /// How long it was said to take.
    pub estimate_seconds: Option<u64>,
    /// Why it waits or failed, or what it did; the node's own words where it has them.
    pub message: String,
    /// What the guard has against it; empty where it has nothing.
    #[serde(default)]
    pub blocks: Vec<StepBlockRow>,
    /// Since when it has anything.
    #[serde(default)]
    pub blocked_since: Option<Timestamp>,
    /// Its calls.
    pub jobs: Vec<JobRow>,
}

/// What holds a step up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepBlockRow {
    /// The rule that speaks: `availability`, `leases`, `one-rack`, `topology`, `windows`, `pressure`, `foreign`,
    /// `approval` or `releases`.
    pub rule: String,
    /// What it is about.
    pub subject: String,
    /// The block for a person, with what lifts it.
    pub text: String,
}

/// Something a run took away, and how its return stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UndoRow {
    /// Id of the call that took it away.
    pub job: String,
    /// The step that made it.
    pub step: String,
    /// Host id of the node.
    pub node: String,
    /// The node's address.
    pub address: Endpoint,
    /// What takes it back: `start it again`.
    pub what: String,
    /// When it was taken away.
    pub since: Timestamp,
    /// `open`, `done`, or `failing`: open, and the last try to take it back failed.
    pub state: String,
    /// How it is known to be done, or why the last try failed; empty while open.
    pub message: String,
}

/// A call that a step made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JobRow {
    /// Its id.
    pub id: String,
    /// What was called, in a line: `repair shop.orders and 3 more, 16 ranges, coordinator 10.0.0.1`.
    pub call: String,
    /// `Intended`, `Running`, `InDoubt`, `Done`, `Failed`, `Lost`, `NotStarted` or `Cancelled`.
    pub state: String,
    /// When it was intended.
    pub intended_at: Timestamp,
    /// When it came to its end.
    pub ended_at: Option<Timestamp>,
    /// The node's words, or how the host knows.
    pub message: String,
}

/// What must hold when a run has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GoalRow {
    /// In words: `shop.orders repaired over the whole ring`.
    pub goal: String,
    /// Percent of the replicated ring that was repaired, 0 to 100; none before the run ended, or where the goal is void.
    pub percent: Option<f64>,
    /// Why it is void or not reached.
    pub note: String,
}

/// Who holds a node. `GET /api/v1/leases?cluster=C`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeaseRow {
    /// The cluster.
    pub cluster: String,
    /// The node's address.
    pub address: Endpoint,
    /// Its host id.
    pub node: String,
    /// The run that holds it.
    pub run: String,
    /// The step it is held for.
    pub step: String,
    /// What the step does, in a line.
    pub title: String,
    /// The operation of that run, e.g. `repair.full`.
    #[serde(default)]
    pub operation: String,
    /// What for: kinds of work, e.g. `repair`, `disruption`.
    #[serde(default)]
    pub work: Vec<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until what: `repair command 7 on 10.0.0.1 has ended`.
    pub until: String,
    /// Its time limit: past it the step begins nothing more on the node, which stays held until all of it is at rest.
    #[serde(default)]
    pub time_limit: Option<Timestamp>,
    /// Whether that has passed.
    #[serde(default)]
    pub overdue: bool,
    /// Counts the leases of the cluster: a later one is greater.
    #[serde(default)]
    pub fence: u64,
}

/// How a freeze stands. `GET /api/v1/freeze?cluster=C`; `POST` with a [`FreezeRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FreezeStatus {
    /// The cluster.
    pub cluster: String,
    /// Whether no changing call is made.
    pub frozen: bool,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// Freezes or lifts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeRequest {
    /// The cluster; may be left out when the host has one.
    #[serde(default)]
    pub cluster: Option<String>,
    /// True to freeze, false to lift.
    pub frozen: bool,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// What happened. A line of `GET /api/v1/events?cluster=C[&run=R]` (server-sent events: the id is the version, so
/// `Last-Event-ID` resumes).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventRow {
    /// The cluster.
    pub cluster: String,
    /// Its place in the cluster's stream.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// The run it is about; none where it is about none.
    pub run: Option<String>,
    /// In a line, for a person.
    pub text: String,
    /// The event as it stands in the journal.
    pub event: serde_json::Value,
}

/// What is asked of `GET /api/v1/runs/{id}/output`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolOutputQuestion {
    /// `output` or `complaints`: what the tool printed to its standard output, or to its standard error.
    pub stream: ToolStream,
    /// The byte that the piece begins with.
    #[serde(default)]
    pub from: u64,
    /// The job; the last tool that was begun where none is named.
    #[serde(default)]
    pub job: Option<String>,
}

/// A piece of what a tool of a run printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ToolOutput {
    /// Whose; none where no tool was begun yet.
    pub job: Option<String>,
    /// The text; what is no UTF-8 in it is replaced.
    pub text: String,
    /// The byte that the next piece begins with.
    pub next: u64,
    /// Whether the tool has ended and nothing follows.
    pub is_last: bool,
}
