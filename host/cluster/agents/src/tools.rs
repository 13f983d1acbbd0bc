//! Runs Cassandra's tools by the agents beside the nodes.
//!
//! Every question is asked once: an agent does the same order once however often it comes, and keeps what came of it, so
//! whoever follows the tool asks again.

use std::sync::Arc;

use async_trait::async_trait;
use ringkeeper_api::{AGENT_PROTOCOL, ProblemCode, ToolPrintedRequest, ToolRequest, ToolStateRequest};
use ringkeeper_cluster::{
    Order, ProcessPlace, ToolCall, ToolDriver, ToolError, ToolErrorKind, ToolPiece, ToolState, ToolStream,
};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::asking::{Agent, Unanswered};

/// Runs tools by agents.
#[derive(Clone, Debug)]
pub struct AgentTools {
    agent: Agent,
}

impl AgentTools {
    /// Agents listen at `port` of their nodes' addresses, and are believed and shown what `tls` says.
    ///
    /// # Errors
    /// When no client can be made of that.
    pub fn new(tls: &Arc<ClientConfig>, port: u16) -> Result<Self, reqwest::Error> {
        Ok(Self {
            agent: Agent::new(tls, port)?,
        })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        node: &ProcessPlace,
        what: &str,
        request: &(impl Serialize + Sync),
    ) -> Result<T, ToolError> {
        let path = format!("v1/tools/{what}");
        let asked = self.agent.ask(node.endpoint, &path, request).await;
        asked.map_err(|unanswered| error(node, &unanswered))
    }
}

#[async_trait]
impl ToolDriver for AgentTools {
    async fn begin(
        &self,
        node: &ProcessPlace,
        order: &Order,
        call: &ToolCall,
    ) -> Result<ToolState, ToolError> {
        let request = ToolRequest {
            protocol: AGENT_PROTOCOL,
            order: order.clone(),
            place: node.clone(),
            call: call.clone(),
        };
        self.ask(node, "run", &request).await
    }

    async fn state(&self, node: &ProcessPlace, order: &Order) -> Result<ToolState, ToolError> {
        let request = ToolStateRequest {
            protocol: AGENT_PROTOCOL,
            place: node.clone(),
            number: order.number,
        };
        self.ask(node, "state", &request).await
    }

    async fn printed(
        &self,
        node: &ProcessPlace,
        number: u64,
        stream: ToolStream,
        from: u64,
    ) -> Result<ToolPiece, ToolError> {
        let request = ToolPrintedRequest {
            protocol: AGENT_PROTOCOL,
            place: node.clone(),
            number,
            stream,
            from,
        };
        self.ask(node, "printed", &request).await
    }
}

fn error(node: &ProcessPlace, unanswered: &Unanswered) -> ToolError {
    let kind = match unanswered {
        Unanswered::Refused(problem) if problem.code == ProblemCode::Unavailable => {
            ToolErrorKind::Unavailable
        }
        Unanswered::Refused(_) => ToolErrorKind::Refused,
        Unanswered::NoConnection(_) => ToolErrorKind::Unavailable,
        Unanswered::Broken(_) => ToolErrorKind::Lost,
    };
    ToolError {
        kind,
        message: unanswered.words(node.endpoint),
    }
}
