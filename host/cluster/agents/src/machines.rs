//! How the machines are, by the word of the agents on them.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_api::{AGENT_PROTOCOL, LogRequest, MachineAnswer, MachineRequest};
use ringkeeper_cluster::{
    Endpoint, Installed, LogQuestion, LogTail, Machines, NodeError, NodeErrorKind, NodeStorage, Sample, Tier,
    metric,
};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::asking::{Agent, Unanswered};

/// More numbers than any machine has that is worth so many series.
const MOST_SAMPLES: usize = 1_000;
/// The longest name of a part.
const LONGEST_PART: usize = 255;

/// Whether there is an agent at this address.
type IsKnown = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Asks agents how their machines are. Whoever asks keeps the time.
#[derive(Clone)]
pub struct AgentMachines {
    agent: Agent,
    is_known: IsKnown,
}

impl fmt::Debug for AgentMachines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentMachines")
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}

impl AgentMachines {
    /// Agents listen at `port` of their nodes' addresses, and are believed and shown what `tls` says. A node of which
    /// `is_known` says that it has no agent is not asked.
    ///
    /// # Errors
    /// When no client can be made of that.
    pub fn new(tls: &Arc<ClientConfig>, port: u16, is_known: IsKnown) -> Result<Self, reqwest::Error> {
        Ok(Self {
            agent: Agent::new(tls, port)?,
            is_known,
        })
    }
}

impl AgentMachines {
    async fn ask<T: DeserializeOwned>(
        &self,
        node: Endpoint,
        path: &str,
        request: &(impl Serialize + Sync),
    ) -> Result<T, NodeError> {
        if !(self.is_known)(node.ip()) {
            let words = "it has no agent that could tell of its machine";
            return Err(NodeError::new(NodeErrorKind::Unsupported, node, words));
        }
        let asked = self.agent.ask(node, path, request).await;
        asked.map_err(|unanswered| {
            let kind = match unanswered {
                Unanswered::Refused(_) => NodeErrorKind::Failed,
                Unanswered::NoConnection(_) => NodeErrorKind::Unreachable,
                Unanswered::Broken(_) => NodeErrorKind::Nonsense,
            };
            NodeError::new(kind, node, unanswered.words(node))
        })
    }
}

const fn about(endpoint: Endpoint) -> MachineRequest {
    MachineRequest {
        protocol: AGENT_PROTOCOL,
        endpoint,
    }
}

#[async_trait]
impl Machines for AgentMachines {
    async fn machine(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        let answer: MachineAnswer = self.ask(node, "v1/machine", &about(node)).await?;
        let samples = answer.samples.into_iter().filter(is_sound);
        Ok(samples.take(MOST_SAMPLES).collect())
    }

    async fn log(&self, node: Endpoint, question: LogQuestion) -> Result<LogTail, NodeError> {
        let request = LogRequest {
            protocol: AGENT_PROTOCOL,
            endpoint: node,
            question,
        };
        self.ask(node, "v1/node/log", &request).await
    }

    async fn storage(&self, node: Endpoint) -> Result<NodeStorage, NodeError> {
        self.ask(node, "v1/node/storage", &about(node)).await
    }

    async fn installed(&self, node: Endpoint) -> Result<Installed, NodeError> {
        self.ask(node, "v1/node/installed", &about(node)).await
    }
}

/// An agent speaks of its machine and of nothing else. Names of a later release are left out where they are kept.
fn is_sound(sample: &Sample) -> bool {
    let part = sample.part.as_ref();
    metric(&sample.metric).is_some_and(|metric| metric.tier == Tier::Machine)
        && sample.table.is_none()
        && sample.value.is_finite()
        && part.is_none_or(|part| part.len() <= LONGEST_PART)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_speaks_of_its_machine_alone() {
        let sound = Sample::of_part("machine.filesystem.free_bytes", "/data", 1.0);
        assert!(is_sound(&sound));
        for wrong in [
            Sample::of_node("heap.used_bytes", 1.0),
            Sample::of_node("machine.made_up", 1.0),
            Sample::of_node("machine.cpu.count", f64::NAN),
            Sample::of_part("machine.filesystem.free_bytes", &"x".repeat(256), 1.0),
        ] {
            assert!(!is_sound(&wrong), "{wrong:?}");
        }
    }
}
