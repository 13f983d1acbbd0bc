//! What is written to a cluster's stream.

use std::fmt;
use std::net::IpAddr;

use ringkeeper_cluster::NodeId;
use ringkeeper_plan::Finding;
use ringkeeper_schedule::Schedule;
use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccessEvent, AgentEvent, KeptPlan, PluginEvent, RunEvent, RunId};

/// Counts the events of one cluster's stream; 0 before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An event and when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// When, by the host's clock.
    pub at: Timestamp,
    /// What.
    pub event: Event,
}

/// What can happen. The stored form is JSON; a variant is never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// An operation found something new.
    FindingOpened {
        /// Which operation.
        operation: String,
        /// What it found.
        finding: Box<Finding>,
    },
    /// Something open became better or worse, or is about something else.
    FindingChanged {
        /// Which operation.
        operation: String,
        /// As it is now.
        finding: Box<Finding>,
    },
    /// Something open is no longer found.
    FindingCleared {
        /// Which operation.
        operation: String,
        /// Its key.
        key: String,
    },
    /// A node changed as its peers see it, or in the ring.
    NodeChanged {
        /// Which.
        node: NodeId,
        /// Its address.
        address: String,
        /// From what.
        before: String,
        /// To what.
        after: String,
    },
    /// Something happened in a run.
    Run {
        /// Which.
        run: RunId,
        /// What.
        what: RunEvent,
    },
    /// A plan was shown to somebody, and is kept to be approved.
    PlanKept {
        /// The plan.
        plan: Box<KeptPlan>,
    },
    /// A schedule was set, enabled or disabled.
    ScheduleChanged {
        /// Of which operation.
        operation: String,
        /// As it is from now on; none where it is again what the configuration says.
        schedule: Option<Schedule>,
        /// Who wanted it; none where nobody did, or nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A schedule's time came.
    ScheduleDue {
        /// Of which operation.
        operation: String,
        /// The time that came, without jitter.
        due: Timestamp,
        /// The run that was opened; none where none was.
        run: Option<RunId>,
        /// Why none was; empty where one was.
        note: String,
    },
    /// No changing call is made until this is lifted.
    Frozen {
        /// Why, in a person's words.
        reason: String,
        /// Who wanted it; none where nobody did, or nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// A freeze was lifted.
    Unfrozen {
        /// Who wanted it; none where nobody did, or nobody knows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Something happened to the agent of a node. In the stream of agents alone.
    Agent {
        /// The address of its node.
        node: IpAddr,
        /// What.
        what: Box<AgentEvent>,
    },
    /// Something happened to a token for the network. In the stream of access alone.
    Access {
        /// What the token is called.
        token: String,
        /// What.
        what: Box<AccessEvent>,
    },
    /// Something happened to the versions of a plugin. Only in the stream [`crate::PLUGINS`].
    Plugin {
        /// Which.
        plugin: String,
        /// What.
        what: Box<PluginEvent>,
    },
    /// A host took the stream over. Whoever wrote before writes nothing more.
    HostStarted {
        /// The host's version.
        version: String,
    },
}

/// When an operation last looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The operation.
    pub operation: String,
    /// When.
    pub at: Timestamp,
    /// Why it could not; none when it could.
    pub error: Option<String>,
}

/// Something a plugin keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateEntry {
    /// What was put.
    pub value: Vec<u8>,
    /// Counts changes, from 1.
    pub version: u64,
}

#[cfg(test)]
mod tests;
