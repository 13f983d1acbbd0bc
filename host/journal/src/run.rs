//! Runs, steps and effects, as the stream has them.

use std::collections::BTreeMap;
use std::fmt;

use ringkeeper_cluster::{Endpoint, NodeId, ProcessIdentity, RepairCommand, RepairOrder, ToolCall};
use ringkeeper_plan::{Cause, Deadline, Finding, Goal, Step};
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names a run: `<cluster>-<number>`, where the number is the version of the event that opened it, so that none is ever
/// given twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub String);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Names an effect, and the job that belongs to it: `<run>/<number>`, counted within the run from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EffectId(pub String);

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a run was opened with, and keeps to its end: an upgraded plugin or other settings take over only through a new
/// plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedRun {
    /// Its id.
    pub run: RunId,
    /// The operation.
    pub operation: String,
    /// The plugin's name in the configuration.
    pub plugin: String,
    /// BLAKE3 of the component.
    pub digest: String,
    /// The component's own version; none where nobody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who signed the component; none where nobody did, or it is part of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Capabilities the component uses, all of them granted.
    pub grants: Vec<String>,
    /// Parameters of the operation.
    pub parameters: serde_json::Value,
    /// Settings of the plugin.
    pub settings: serde_json::Value,
    /// Why it runs.
    pub cause: Cause,
    /// Who asked for it; none where nobody did, or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it must be done; none where nothing presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// What it will do.
    pub plan: FrozenPlan,
}

/// A plan as it was frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenPlan {
    /// Names it.
    pub hash: String,
    /// One line for a person.
    pub title: String,
    /// What it was made for: where that changes, another plan is needed.
    pub basis: Basis,
    /// What was seen when it was made.
    pub findings: Vec<Finding>,
    /// What it does.
    pub steps: Vec<Step>,
    /// What must hold afterwards.
    pub goals: Vec<Goal>,
}

/// The world a plan was made for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Digest of the members with their tokens, data centres and racks.
    pub ring: String,
    /// Digest of the replication of each keyspace the plan is about.
    pub replication: BTreeMap<String, String>,
    /// The id of each table the plan is about, as `keyspace.table`: a table that was dropped and made anew is another.
    pub tables: BTreeMap<String, Uuid>,
    /// Digest of each member's place and tokens, so that it can be told who came, went or moved.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub members: BTreeMap<NodeId, String>,
    /// The version that each node of the plan's steps ran.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub releases: BTreeMap<NodeId, String>,
}

/// A plan that was shown to somebody, and may be approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPlan {
    /// The operation.
    pub operation: String,
    /// The plugin's name in the configuration.
    pub plugin: String,
    /// BLAKE3 of the component.
    pub digest: String,
    /// Capabilities the component uses, all of them granted.
    pub grants: Vec<String>,
    /// Parameters of the operation.
    pub parameters: serde_json::Value,
    /// Settings of the plugin.
    pub settings: serde_json::Value,
    /// What it will do.
    pub plan: FrozenPlan,
    /// It may be approved until then.
    pub until: Timestamp,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// A person must approve its plan before any step of it begins.
    AwaitingApproval,
    /// Its steps are carried out.
    Running,
    /// No further piece is begun until it is resumed.
    Paused,
    /// No further piece is begun; what runs is left to end.
    Cancelling,
    /// It reached its goals.
    Succeeded,
    /// It did not.
    Failed,
    /// A person ended it.
    Cancelled,
    /// Nobody approved it.
    Refused,
}

impl RunState {
    /// Whether nothing more will happen in it.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::Refused
        )
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AwaitingApproval => "AwaitingApproval",
            Self::Running => "Running",
            Self::Paused => "Paused",
            Self::Cancelling => "Cancelling",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
            Self::Refused => "Refused",
        })
    }
}

/// How a step ended, or was put off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum StepEnd {
    /// Done.
    Done {
        /// The plugin's summary.
        summary: String,
    },
    /// Not now: it becomes pending again, and its next attempt has the next number.
    Postponed {
        /// Why.
        reasons: Vec<String>,
        /// Not before this moment.
        until: Timestamp,
    },
    /// It failed.
    Failed {
        /// Why, in the plugin's or the node's words.
        message: String,
    },
    /// It was never done, because the run was cancelled, replanned, or a step before it failed.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// A call that changes something, before it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Names it.
    pub effect: EffectId,
    /// The step that makes it.
    pub step: String,
    /// The attempt at that step.
    pub attempt: u32,
    /// BLAKE3 of call and arguments, in canonical form.
    pub digest: String,
    /// Counts equal calls within the attempt, from 1.
    pub occurrence: u32,
    /// The node it is made to.
    pub node: NodeId,
    /// Where that was.
    pub endpoint: Endpoint,
    /// The process that was there.
    pub process: ProcessIdentity,
    /// What is called.
    pub call: Call,
    /// What the host does to take it back, if the step itself does not; none where there is nothing to take back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
}

/// What takes a call back. It is open from the moment its call is intended until it is seen to be so, however the step and
/// its run end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "undo", rename_all = "kebab-case")]
pub enum Undo {
    /// The node serves again: its process is started where it is gone, and restarted where it was drained.
    Serve {
        /// The data centre it was in.
        data_centre: String,
        /// The rack it was in.
        rack: String,
        /// The version it ran.
        release_version: Option<String>,
    },
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum Call {
    /// A repair. A once-effect: its result is replayed.
    Repair {
        /// What it is to do.
        order: RepairOrder,
    },
    /// A flush. A state-effect: it is made again when asked for again.
    Flush {
        /// The keyspace.
        keyspace: String,
        /// Tables; all where empty.
        tables: Vec<String>,
    },
    /// A drain. A state-effect: never answered from the journal, the node is asked and the call made if it is not so.
    Drain,
    /// A drain, and the end of the process. A state-effect.
    Stop,
    /// The start of the process, and its return to the ring. A state-effect.
    Start,
    /// One of Cassandra's tools, run beside the node. A once-effect: its success is replayed.
    Tool {
        /// Which, with what.
        order: ToolCall,
    },
}

impl Call {
    /// Whether it is a state-effect: the node is asked, and the call made if it is not so.
    #[must_use]
    pub const fn is_state(&self) -> bool {
        matches!(self, Self::Drain | Self::Stop | Self::Start)
    }
}

/// A part of an effect that is carried out by looking and calling, each a call of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The node is told to drain.
    Drain,
    /// The process driver is told to stop it.
    Stop,
    /// The process driver is told to start it.
    Start,
    /// The tool driver is told to begin the tool.
    Tool,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Drain => "drain",
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Tool => "tool",
        })
    }
}

/// What the guard had against a step, as it is kept: for people, not to be decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedBlock {
    /// The rule.
    pub rule: String,
    /// What it is about.
    pub subject: String,
    /// The block in one or two sentences.
    pub text: String,
}

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum EffectResult {
    /// It was done.
    Done {
        /// The node's words.
        message: String,
    },
    /// The node says it failed.
    Failed {
        /// The node's words.
        message: String,
    },
    /// It is gone without a verdict.
    Lost {
        /// How that is known.
        reason: String,
    },
    /// It was never begun.
    NotStarted {
        /// How that is known.
        reason: String,
    },
    /// A person ended it.
    Cancelled,
}

/// How a goal stood when its run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoalReport {
    /// Which.
    pub goal: Goal,
    /// The share of the ring that is replicated and was repaired, from 0 to 10,000 hundredths of a percent; none where
    /// the goal is void because the table is gone.
    pub hundredths: Option<u32>,
    /// Why it is void or not reached; empty where it is reached.
    pub note: String,
}

/// What happens in the life of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum RunEvent {
    /// It was opened, and runs.
    Opened(Box<OpenedRun>),
    /// It was paused, resumed or is being cancelled.
    State {
        /// How it stands now.
        state: RunState,
        /// Who or what wanted it.
        reason: String,
        /// Who wanted it; none where nobody did, or nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// It waits for a person's word.
    ApprovalAsked {
        /// What is to be approved: the hash of its plan, or of its plan with the steps that were added since.
        hash: String,
        /// Why a person is asked.
        reason: String,
        /// Without a word until then it is refused.
        until: Timestamp,
    },
    /// A person approved what is to be done.
    Approved {
        /// What was approved.
        hash: String,
        /// Who.
        by: String,
    },
    /// A person rejected what is to be done, or nobody approved it in time. What is not begun is not done.
    Rejected {
        /// Who; none where nobody said a word.
        by: Option<String>,
        /// Why.
        reason: String,
    },
    /// The world was not what the plan assumed: these steps take the place of all that are not done.
    Replanned {
        /// Why.
        reason: String,
        /// BLAKE3 of the component that made the new plan, and carries it out.
        digest: String,
        /// Its own version; none where nobody noted it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        /// Who signed it; none where nobody is known to have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signer: Option<String>,
        /// The new plan, without the steps already done.
        plan: Box<FrozenPlan>,
    },
    /// A step said what is to follow it.
    Extended {
        /// The steps.
        steps: Vec<Step>,
    },
    /// An attempt at a step began; its nodes are held from now on.
    StepStarted {
        /// Which.
        step: String,
        /// From 1.
        attempt: u32,
        /// The nodes held.
        nodes: Vec<NodeId>,
    },
    /// An attempt at a step ended and everything it began is at rest; its nodes are let go of.
    StepEnded {
        /// Which.
        step: String,
        /// How.
        end: StepEnd,
    },
    /// A call is about to be made.
    Intended(Box<Intent>),
    /// The node took the call.
    Taken {
        /// Which.
        effect: EffectId,
        /// The node's name for it.
        command: RepairCommand,
    },
    /// The answer to a call was lost: it may have been taken, or may yet be.
    InDoubt {
        /// Which.
        effect: EffectId,
        /// What happened to the answer.
        reason: String,
    },
    /// A part of an effect is about to be called. The number of this row fences the call.
    Calling {
        /// Which effect.
        effect: EffectId,
        /// Which part.
        part: Part,
    },
    /// What a call took away is there again.
    Undone {
        /// Which call.
        effect: EffectId,
        /// How that is known.
        how: String,
    },
    /// What a call took away cannot be brought back now. It is tried on.
    UndoFails {
        /// Which call.
        effect: EffectId,
        /// What was tried and what came of it.
        reason: String,
    },
    /// The guard holds a step up, for these reasons; none where it does no more. Written when the reasons become others.
    Blocked {
        /// Which.
        step: String,
        /// What it has against it.
        blocks: Vec<NotedBlock>,
    },
    /// A plugin asked for what its step must not do. It was refused, and nothing was called.
    Overstepped {
        /// Which step.
        step: String,
        /// What it asked for.
        reason: String,
    },
    /// A plugin crashed in an attempt at a step, or was ended as it went over a limit. It is not called again in that
    /// attempt, which ends when all that it began is at rest.
    Broke {
        /// Which step.
        step: String,
        /// How.
        reason: String,
    },
    /// A step that goes over many nodes takes some of them.
    NodesTaken {
        /// Which.
        step: String,
        /// The nodes, held from now on.
        nodes: Vec<NodeId>,
    },
    /// A step that goes over many nodes lets go of some of them: all that it began there is at rest.
    NodesLeft {
        /// Which.
        step: String,
        /// The nodes.
        nodes: Vec<NodeId>,
    },
    /// A call came to its end.
    Ended {
        /// Which.
        effect: EffectId,
        /// How.
        result: EffectResult,
    },
    /// The run ended.
    Closed {
        /// How.
        state: RunState,
        /// One or two sentences.
        summary: String,
        /// How its goals stood, by the host's own records.
        goals: Vec<GoalReport>,
    },
}
