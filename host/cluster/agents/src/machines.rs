//! How the machines are, by the word of the agents on them.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_api::{AGENT_PROTOCOL, MachineAnswer, MachineRequest};
use ringkeeper_cluster::{Endpoint, Machines, NodeError, NodeErrorKind, Sample, Tier, metric};
use rustls::ClientConfig;

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

#[async_trait]
impl Machines for AgentMachines {
    async fn machine(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        if !(self.is_known)(node.ip()) {
            let words = "it has no agent that could tell of its machine";
            return Err(NodeError::new(NodeErrorKind::Unsupported, node, words));
        }
        let request = MachineRequest {
            protocol: AGENT_PROTOCOL,
            endpoint: node,
        };
        let answer = self
            .agent
            .ask::<MachineAnswer>(node, "v1/machine", &request)
            .await;
        match answer {
            Ok(answer) => Ok(answer
                .samples
                .into_iter()
                .filter(is_sound)
                .take(MOST_SAMPLES)
                .collect()),
            Err(unanswered) => {
                let kind = match unanswered {
                    Unanswered::Refused(_) => NodeErrorKind::Failed,
                    Unanswered::NoConnection(_) => NodeErrorKind::Unreachable,
                    Unanswered::Broken(_) => NodeErrorKind::Nonsense,
                };
                Err(NodeError::new(kind, node, unanswered.words(node)))
            }
        }
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
