//! Agents, for people.

use std::net::IpAddr;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use ringkeeper_agents::{Agents, Refused};
use ringkeeper_api::{AgentRow, Problem, ProblemCode, RevokeRequest, TokenAnswer, TokenRequest};
use ringkeeper_trust::TOKEN_LIFETIME;

use super::Answer;
use crate::extract::{Body, Named};
use crate::problem::Failed;
use crate::state::Host;

pub(super) async fn list(State(host): State<Host>) -> Answer<Vec<AgentRow>> {
    Ok(Json(agents(&host)?.all()))
}

pub(super) async fn show(State(host): State<Host>, Named(node): Named<IpAddr>) -> Answer<AgentRow> {
    let agent = agents(&host)?.agent(node).ok_or(Refused::NoAgent(node))?;
    Ok(Json(agent))
}

pub(super) async fn token(
    State(host): State<Host>,
    Body(request): Body<TokenRequest>,
) -> Answer<TokenAnswer> {
    let agents = agents(&host)?;
    let lifetime = request
        .lifetime_seconds
        .map_or(TOKEN_LIFETIME, Duration::from_secs);
    let expires_at = agents.now().after(lifetime);
    let made = async move {
        let token = agents.token(request.node, lifetime).await?;
        Ok(TokenAnswer {
            node: request.node,
            token: token.reveal(),
            expires_at,
        })
    };
    host.deeds.carry_out(made).await.map(Json)
}

pub(super) async fn revoke(
    State(host): State<Host>,
    Named(node): Named<IpAddr>,
    Body(request): Body<RevokeRequest>,
) -> Answer<AgentRow> {
    let agents = agents(&host)?;
    let revoked = async move { Ok(agents.revoke(node, &request.reason).await?) };
    host.deeds.carry_out(revoked).await.map(Json)
}

fn agents(host: &Host) -> Result<Agents, Failed> {
    host.agents.clone().ok_or_else(|| {
        Failed::from(Problem::new(
            ProblemCode::Unavailable,
            "this host has no agents",
            "set `agents` in [host] to where it is to listen for them, such as \"0.0.0.0:7171\", and start it again",
        ))
    })
}
