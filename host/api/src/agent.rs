//! Agents, for people and for agents.

use std::net::IpAddr;
use std::time::Duration;

use ringkeeper_cluster::{
    Endpoint, LogQuestion, Order, ProcessError, ProcessPlace, ProcessState, Sample, ToolCall, ToolStream,
};
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where what a host answers to its agents begins.
pub const AGENTS_PATH: &str = "/agents/v1";
/// What agent and host say to each other. Another number is refused: neither guesses what the other means.
pub const AGENT_PROTOCOL: u32 = 1;
/// Clocks of a host and an agent that are further apart than this are worth a word.
pub const CLOCKS_DIFFER: Duration = Duration::from_secs(2);

/// An agent asks to be enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// [`AGENT_PROTOCOL`] of the agent.
    pub protocol: u32,
    /// The token, whole.
    pub token: String,
    /// PKCS #10, PEM.
    pub certificate_request: String,
    /// What its machine calls itself.
    pub machine: String,
    /// The agent's version.
    pub version: String,
    /// What the agent's clock says.
    pub time: Timestamp,
}

/// An agent asks for its next certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenewRequest {
    /// [`AGENT_PROTOCOL`] of the agent.
    pub protocol: u32,
    /// PKCS #10, PEM.
    pub certificate_request: String,
    /// The agent's version.
    pub version: String,
    /// What the agent's clock says.
    pub time: Timestamp,
}

/// An agent says that it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelloRequest {
    /// [`AGENT_PROTOCOL`] of the agent.
    pub protocol: u32,
    /// The agent's version.
    pub version: String,
    /// What the agent's clock says.
    pub time: Timestamp,
}

/// The host greets back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelloAnswer {
    /// The address of the node whose agent it is.
    pub node: IpAddr,
    /// The host's version.
    pub version: String,
    /// What the host's clock says.
    pub time: Timestamp,
}

/// An agent says who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentAnswer {
    /// The address of its node.
    pub node: IpAddr,
    /// Its version.
    pub version: String,
    /// What its clock says.
    pub time: Timestamp,
}

/// A person asks for a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// The address of the node that the agent is for.
    pub node: IpAddr,
    /// How long it may be used, in seconds; an hour where nothing is said.
    #[serde(default)]
    pub lifetime_seconds: Option<u64>,
}

/// A token, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenAnswer {
    /// The address of the node that the agent is for.
    pub node: IpAddr,
    /// The token: a secret until it was used.
    pub token: String,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// A person revokes an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeRequest {
    /// Why, for the record.
    #[serde(default)]
    pub reason: String,
}

/// Whether an agent is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AgentState {
    /// There is a token for it, and no agent yet.
    Awaited,
    /// It has a certificate.
    Enrolled,
    /// It is not known any more.
    Revoked,
}

/// An agent, as the host knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentRow {
    /// The address of its node.
    pub node: IpAddr,
    /// Whether it is known.
    pub state: AgentState,
    /// What its machine calls itself; empty before it was enrolled.
    pub machine: String,
    /// Its version when it last had a certificate; empty before it was enrolled.
    pub version: String,
    /// When it was enrolled.
    pub enrolled_at: Option<Timestamp>,
    /// When its certificate ends, if it is not renewed before.
    pub certificate_ends_at: Option<Timestamp>,
    /// Until when a token for it may be used.
    pub token_ends_at: Option<Timestamp>,
    /// When it last spoke to the host since the host started.
    pub heard_at: Option<Timestamp>,
    /// How far its clock was ahead of the host's then, in milliseconds; behind where it is negative.
    pub clock_ahead_ms: Option<i64>,
    /// Why it was revoked.
    pub revoked: Option<String>,
}

/// The host has an agent start or stop Cassandra. The same order again, by its number, is not carried out again: it asks
/// how the first one ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// Who wants it. A smaller number than one that was heard before is refused.
    pub order: Order,
    /// The node, which must be the agent's.
    pub place: ProcessPlace,
    /// How long it may take, in milliseconds.
    pub limit_ms: u64,
}

/// How an order stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum OrderState {
    /// It is under way; ask again.
    Running,
    /// It was carried out.
    Done,
    /// It was not, or nobody can tell.
    Failed {
        /// Why.
        error: ProcessError,
    },
}

/// The host asks whether Cassandra runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessStateRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// The node, which must be the agent's.
    pub place: ProcessPlace,
}

/// Whether Cassandra runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessStateAnswer {
    /// By the word of whoever starts and stops it.
    pub state: ProcessState,
}

/// The host asks how the machine is, or what is beside the node: a [`NodeStorage`](ringkeeper_cluster::NodeStorage), or what
/// is [`Installed`](ringkeeper_cluster::Installed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// The gossip address of the node, which must be the agent's.
    pub endpoint: Endpoint,
}

/// How the machine is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MachineAnswer {
    /// Numbers of [`ringkeeper_cluster::Tier::Machine`], by name. What the machine does not tell is missing.
    pub samples: Vec<Sample>,
}

/// The host asks for the end of the node's log: a [`LogTail`](ringkeeper_cluster::LogTail).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// The gossip address of the node, which must be the agent's.
    pub endpoint: Endpoint,
    /// Which end.
    pub question: LogQuestion,
}

/// The host has an agent run one of Cassandra's tools, and is told how it stands
/// ([`ToolState`](ringkeeper_cluster::ToolState)). The same order again, by its number, begins nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// Who wants it. A smaller number than that of any order that changed something is refused, where this one would, too.
    pub order: Order,
    /// The node, which must be the agent's.
    pub place: ProcessPlace,
    /// What is run.
    pub call: ToolCall,
}

/// The host asks how a tool stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolStateRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// The node, which must be the agent's.
    pub place: ProcessPlace,
    /// The number of its order. No order has 0: whoever asks for it asks whether the agent could run a tool now.
    pub number: u64,
}

/// The host asks for a piece of what a tool printed: a [`ToolPiece`](ringkeeper_cluster::ToolPiece).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolPrintedRequest {
    /// [`AGENT_PROTOCOL`] of the host.
    pub protocol: u32,
    /// The node, which must be the agent's.
    pub place: ProcessPlace,
    /// The number of its order.
    pub number: u64,
    /// Where to it was printed.
    pub stream: ToolStream,
    /// The byte that the piece begins with.
    pub from: u64,
}
