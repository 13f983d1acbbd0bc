//! Agents.

use std::net::IpAddr;

use ringkeeper_api::{AgentRow, RevokeRequest, TokenAnswer, TokenRequest};

use super::{ANSWER_LIMIT, Client, url};
use crate::failure::Failure;

impl Client {
    /// Every agent that the host knows or knew.
    pub(crate) async fn agents(&self) -> Result<Vec<AgentRow>, Failure> {
        self.get(&["agents"]).await
    }

    /// The agent of a node.
    pub(crate) async fn agent(&self, node: IpAddr) -> Result<AgentRow, Failure> {
        self.get(&["agents", &node.to_string()]).await
    }

    /// Makes a token for the agent of a node.
    pub(crate) async fn agent_token(&self, request: &TokenRequest) -> Result<TokenAnswer, Failure> {
        let post = self.http.post(url(&["agents", "tokens"])?);
        self.send(post.json(request).timeout(ANSWER_LIMIT)).await
    }

    /// Knows the agent of a node no more.
    pub(crate) async fn revoke_agent(&self, node: IpAddr, reason: String) -> Result<AgentRow, Failure> {
        let post = self.http.post(url(&["agents", &node.to_string(), "revoke"])?);
        self.send(post.json(&RevokeRequest { reason }).timeout(ANSWER_LIMIT))
            .await
    }
}
