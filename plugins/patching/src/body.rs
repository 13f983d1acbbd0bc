//! What a step keeps for its execution.

use ringkeeper_sdk::prelude::*;

/// A restart of one node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// Its host id.
    pub(crate) node: NodeId,
    /// Its address as planned, for people.
    pub(crate) address: String,
    /// When the process began that is to go; none where nobody could say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) process: Option<Timestamp>,
    /// A process that began then or later need not go; none where any must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fresh_from: Option<Timestamp>,
    /// For how long it must stay as wanted, in seconds.
    pub(crate) soak_seconds: u32,
    /// How long it may take to be as wanted and stay so, in seconds.
    pub(crate) wait_seconds: u32,
}
