//! Starts and stops Cassandra, runs its tools, and asks how machines are, by the agents beside the nodes.
//!
//! The picture to keep in mind: an order is sent under its number until its agent says how it ended. The agent
//! carries an order out once, however often it comes, so a connection that breaks costs nothing but time; and an agent
//! that refuses an order, because another host has given a later one, is believed.

mod asking;
mod machines;
mod tools;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_api::{
    AGENT_PROTOCOL, OrderState, ProblemCode, ProcessRequest, ProcessStateAnswer, ProcessStateRequest,
};
use ringkeeper_cluster::{Order, ProcessDriver, ProcessError, ProcessErrorKind, ProcessPlace, ProcessState};
use ringkeeper_seams::Clock;
use rustls::ClientConfig;

use asking::{Agent, Unanswered};

pub use machines::AgentMachines;
pub use tools::AgentTools;

/// Between two tries to reach an agent.
const PAUSE: Duration = Duration::from_secs(1);

/// Drives processes by agents.
#[derive(Clone, Debug)]
pub struct AgentDriver {
    agent: Agent,
    limit: Duration,
    clock: Arc<dyn Clock>,
}

impl AgentDriver {
    /// Agents listen at `port` of their nodes' addresses, and are believed and shown what `tls` says. `limit` is how long
    /// an order may take.
    ///
    /// # Errors
    /// When no client can be made of that.
    pub fn new(
        tls: &Arc<ClientConfig>,
        port: u16,
        limit: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            agent: Agent::new(tls, port)?,
            limit,
            clock,
        })
    }

    async fn give(&self, deed: &str, place: &ProcessPlace, order: &Order) -> Result<(), ProcessError> {
        let begun = self.clock.monotonic();
        let left = || {
            self.limit
                .saturating_sub(self.clock.monotonic().saturating_sub(begun))
        };
        // What is left: an order that arrives late is not carried out for longer than the host counts on.
        let request = || ProcessRequest {
            protocol: AGENT_PROTOCOL,
            order: order.clone(),
            place: place.clone(),
            limit_ms: u64::try_from(left().as_millis()).unwrap_or(u64::MAX),
        };
        let path = format!("v1/process/{deed}");
        // The last words of an agent that was reached once: it may have begun.
        let mut was_reached = false;
        let mut last = None;
        let asked = async {
            loop {
                match self
                    .agent
                    .ask::<OrderState>(place.endpoint, &path, &request())
                    .await
                {
                    Ok(OrderState::Done) => return Ok(()),
                    Ok(OrderState::Failed { error }) => return Err(error),
                    Ok(OrderState::Running) => was_reached = true,
                    Err(Unanswered::Refused(problem)) if problem.code != ProblemCode::Unavailable => {
                        let cure = problem.cure.map(|cure| format!("; {cure}")).unwrap_or_default();
                        return Err(ProcessError {
                            kind: ProcessErrorKind::Failed,
                            message: format!(
                                "the agent of {} refuses: {}{cure}",
                                place.endpoint.ip(),
                                problem.message
                            ),
                        });
                    }
                    Err(unanswered) => {
                        was_reached |= unanswered.may_have_arrived();
                        last = Some(unanswered.words(place.endpoint));
                        tokio::time::sleep(PAUSE).await;
                    }
                }
            }
        };
        match tokio::time::timeout(self.limit, asked).await {
            Ok(ended) => ended,
            Err(_) => Err(ProcessError {
                kind: match was_reached {
                    true => ProcessErrorKind::TimedOut,
                    false => ProcessErrorKind::Failed,
                },
                message: last.unwrap_or_else(|| {
                    format!(
                        "the agent of {} was not done within {:?}",
                        place.endpoint.ip(),
                        self.limit
                    )
                }),
            }),
        }
    }
}

#[async_trait]
impl ProcessDriver for AgentDriver {
    async fn start(&self, node: &ProcessPlace, order: &Order) -> Result<(), ProcessError> {
        self.give("start", node, order).await
    }

    async fn stop(&self, node: &ProcessPlace, order: &Order) -> Result<(), ProcessError> {
        self.give("stop", node, order).await
    }

    async fn state(&self, node: &ProcessPlace) -> Result<ProcessState, ProcessError> {
        let request = ProcessStateRequest {
            protocol: AGENT_PROTOCOL,
            place: node.clone(),
        };
        let asked = self
            .agent
            .ask::<ProcessStateAnswer>(node.endpoint, "v1/process/state", &request);
        match tokio::time::timeout(self.limit, asked).await {
            Ok(Ok(answer)) => Ok(answer.state),
            Ok(Err(unanswered)) => Err(ProcessError {
                kind: ProcessErrorKind::Failed,
                message: unanswered.words(node.endpoint),
            }),
            Err(_) => Err(ProcessError {
                kind: ProcessErrorKind::TimedOut,
                message: format!(
                    "the agent of {} did not answer within {:?}",
                    node.endpoint.ip(),
                    self.limit
                ),
            }),
        }
    }

    /// The agent is told the same, and gives up by itself.
    fn limit(&self) -> Duration {
        self.limit
    }
}
