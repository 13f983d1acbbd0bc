//! What the host answers over HTTP and the commands print as JSON.
//!
//! A promise to scripts: within one major version fields are added, never renamed, removed or given another meaning.
//! Times are ISO 8601 in UTC; a number with a unit has the unit in its name (`load_bytes`). Plain values: the
//! conductor fills them, the server sends them, the command line shows them.

mod access;
mod agent;
mod audit;
mod backup;
mod finding;
mod guard;
mod node;
mod plan;
mod plugin;
mod problem;
mod repair;
mod run;
mod schedule;
mod status;
mod window;

pub use access::{AccessTokenAnswer, AccessTokenRequest, AccessTokenRow, AccessTokenState, Role};
pub use agent::{
    AGENT_PROTOCOL, AGENTS_PATH, AgentAnswer, AgentRow, AgentState, CLOCKS_DIFFER, EnrolRequest, HelloAnswer,
    HelloRequest, LogRequest, MachineAnswer, MachineRequest, OrderState, ProcessRequest, ProcessStateAnswer,
    ProcessStateRequest, RenewRequest, RevokeRequest, TokenAnswer, TokenRequest, ToolPrintedRequest,
    ToolRequest, ToolStateRequest,
};
pub use audit::{
    AuditExportRow, AuditExported, AuditQuestion, AuditRow, AuditSegmentRow, AuditSegmentText, AuditVerdict,
};
pub use backup::{BackupAnswer, BackupRequest};
pub use finding::OpenFinding;
pub use guard::{AskedNode, BlockRow, BlockedStep, GuardAnswer, GuardQuestion};
pub use node::{MetricValue, NodeDetail, NodeSummary, PeerViewRow, TransitionRow};
pub use plan::{ExposedRow, LimitUse, LogRow, PlanAnswer, PlanRequest, StakeRow};
pub use plugin::{
    ApproveVersionRequest, CapabilityRow, InstallAnswer, InstallRequest, InstallState, OperationRow,
    PluginState, PluginSummary, VersionRow, VersionState,
};
pub use problem::{Problem, ProblemCode};
pub use repair::CoverageRow;
pub use run::{
    ApprovalRow, ApproveRequest, CancelRequest, DeadlineRow, EventRow, FreezeRequest, FreezeStatus, GoalRow,
    JobRow, LeaseRow, RejectRequest, RunDetail, RunRequest, RunSummary, StepBlockRow, StepRow, ToolOutput,
    ToolOutputQuestion, UndoRow,
};
pub use schedule::{LastDue, ScheduleChange, ScheduleRow};
pub use status::{CheckRow, ClusterStatus, ClusterSummary, DataCentreStatus};
pub use window::{OpeningRow, WindowKind, WindowRow, WindowState};

/// Where the API begins.
pub const BASE_PATH: &str = "/api/v1";

#[cfg(test)]
mod fuzz;
