//! Tokens for the network.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use ringkeeper_access::{LIFETIME, Refused};
use ringkeeper_api::{
    AccessTokenAnswer, AccessTokenRequest, AccessTokenRow, Problem, ProblemCode, RevokeRequest,
};

use super::Answer;
use crate::extract::{Body, Named};
use crate::peer::Peer;
use crate::problem::Failed;
use crate::state::Host;

pub(super) async fn list(State(host): State<Host>) -> Json<Vec<AccessTokenRow>> {
    Json(host.access.all())
}

pub(super) async fn create(
    State(host): State<Host>,
    peer: Peer,
    Body(request): Body<AccessTokenRequest>,
) -> Answer<AccessTokenAnswer> {
    let Host { access, deeds, .. } = host;
    let AccessTokenRequest {
        name,
        role,
        lifetime_seconds,
    } = request;
    let created = async move {
        let (lifetime, by) = (
            lifetime_seconds.map_or(LIFETIME, Duration::from_secs),
            peer.name(),
        );
        let (token, expires_at) = access.create(&name, role, lifetime, &by).await?;
        tracing::info!(token = name, %role, %expires_at, by, "a token for the network was made");
        let token = token.reveal();
        Ok(AccessTokenAnswer {
            name,
            role,
            token,
            expires_at,
        })
    };
    deeds.carry_out(created).await.map(Json)
}

pub(super) async fn revoke(
    State(host): State<Host>,
    peer: Peer,
    Named(name): Named<String>,
    Body(request): Body<RevokeRequest>,
) -> Answer<AccessTokenRow> {
    let Host { access, deeds, .. } = host;
    let revoked = async move {
        let by = peer.name();
        let row = access.revoke(&name, &request.reason, &by).await?;
        tracing::info!(token = row.name, by, "a token for the network was revoked");
        Ok(row)
    };
    deeds.carry_out(revoked).await.map(Json)
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        let code = match &refused {
            Refused::Name(_) | Refused::Lifetime(_) => ProblemCode::Invalid,
            Refused::Taken(_) => ProblemCode::Refused,
            Refused::NoToken(_) => ProblemCode::NotFound,
            Refused::Journal(_) => ProblemCode::Unavailable,
        };
        // What is wrong and what to do stand in one sentence, parted by a semicolon.
        let text = refused.to_string();
        match text.split_once("; ") {
            Some((message, cure)) => Problem::new(code, message, cure).into(),
            None => Problem::plain(code, text).into(),
        }
    }
}
