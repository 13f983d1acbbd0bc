//! What agents ask of the host, over mutual TLS: to be enrolled, the next certificate, and a greeting now and then.

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Extension, Json, Router};
use ringkeeper_agents::{Agents, Refused};
use ringkeeper_api::{
    AGENT_PROTOCOL, AGENTS_PATH, EnrolRequest, HelloAnswer, HelloRequest, Problem, ProblemCode, RenewRequest,
};
use ringkeeper_listener::Shown;
use ringkeeper_trust::Enrolment;

use crate::extract::{BODY_BYTES, Body};
use crate::problem::{Failed, no_such_method, no_such_path};

/// What the host answers to its agents.
pub fn agent_router(agents: Agents) -> Router {
    let routes = Router::new()
        .route("/enrol", post(enrol))
        .route("/renew", post(renew))
        .route("/hello", post(hello))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(agents);
    Router::new()
        .nest(AGENTS_PATH, routes)
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
}

async fn enrol(
    State(agents): State<Agents>,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<Enrolment>, Failed> {
    understood(request.protocol, &request.version)?;
    let enrolment = agents.enrol(&request).await?;
    tracing::info!(node = %enrolment.node, version = request.version.escape_debug().to_string(), "an agent was enrolled");
    Ok(Json(enrolment))
}

async fn renew(
    State(agents): State<Agents>,
    Extension(shown): Extension<Shown>,
    Body(request): Body<RenewRequest>,
) -> Result<Json<Enrolment>, Failed> {
    understood(request.protocol, &request.version)?;
    let shown = shown.0.ok_or_else(nobody)?;
    agents.hear(shown, request.time)?;
    Ok(Json(agents.renew(shown, &request).await?))
}

async fn hello(
    State(agents): State<Agents>,
    Extension(shown): Extension<Shown>,
    Body(request): Body<HelloRequest>,
) -> Result<Json<HelloAnswer>, Failed> {
    understood(request.protocol, &request.version)?;
    let node = agents.hear(shown.0.ok_or_else(nobody)?, request.time)?;
    Ok(Json(HelloAnswer {
        node,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: agents.now(),
    }))
}

/// Neither side guesses what the other means.
fn understood(protocol: u32, version: &str) -> Result<(), Failed> {
    if protocol == AGENT_PROTOCOL {
        return Ok(());
    }
    let (host, older) = (env!("CARGO_PKG_VERSION"), protocol < AGENT_PROTOCOL);
    let version = version.escape_debug();
    let message = format!(
        "agent {version} speaks protocol {protocol}, and host {host} speaks {AGENT_PROTOCOL}: nothing was done"
    );
    let cure = match older {
        true => "update the agent to the host's version",
        false => "update the host first, then its agents",
    };
    Err(Problem::new(ProblemCode::Refused, message, cure).into())
}

fn nobody() -> Failed {
    Problem::new(
        ProblemCode::Refused,
        "no certificate was shown, and this is for enrolled agents",
        "enrol the agent first: `ringkeeper agent enroll`",
    )
    .into()
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        let code = match &refused {
            Refused::UnknownToken
            | Refused::UsedToken { .. }
            | Refused::ExpiredToken { .. }
            | Refused::UnknownAgent => ProblemCode::Refused,
            Refused::NoAgent(_) => ProblemCode::NotFound,
            Refused::Lifetime(_) | Refused::Trust(_) => ProblemCode::Invalid,
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
