//! What an agent answers to its host.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ringkeeper_api::{
    AGENT_PROTOCOL, AgentAnswer, MachineAnswer, MachineRequest, OrderState, Problem, ProblemCode,
    ProcessRequest, ProcessStateAnswer, ProcessStateRequest,
};
use ringkeeper_cluster::{ProcessDriver, ProcessErrorKind};
use ringkeeper_seams::Clock;

use crate::jolokia::Jolokia;
use crate::machine::Machine;
use crate::orders::{Deed, Orders};

/// The largest question: one about each table of a cluster that has far too many.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How long an answer waits for the end of an order before it says that it is under way.
const PATIENCE: Duration = Duration::from_secs(15);

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Own {
    pub(crate) node: IpAddr,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) jolokia: Arc<Jolokia>,
    pub(crate) orders: Arc<Orders>,
    pub(crate) process: Arc<dyn ProcessDriver>,
    pub(crate) machine: Arc<Machine>,
}

/// What was wrong.
pub(crate) struct Refusal(Problem);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.http_status());
        (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(self.0)).into_response()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

pub(crate) fn router(own: Own) -> Router {
    Router::new()
        .route("/v1/agent", get(about))
        .route("/v1/machine", post(machine))
        .route("/v1/process/start", post(start))
        .route("/v1/process/stop", post(stop))
        .route("/v1/process/state", post(state))
        .route("/jolokia/", post(jolokia))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(own)
}

async fn about(State(own): State<Own>) -> Json<AgentAnswer> {
    Json(AgentAnswer {
        node: own.node,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: own.clock.now(),
    })
}

async fn machine(
    State(own): State<Own>,
    request: Result<Json<MachineRequest>, JsonRejection>,
) -> Result<Json<MachineAnswer>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.endpoint.ip())?;
    Ok(Json(MachineAnswer {
        samples: own.machine.samples().await,
    }))
}

async fn jolokia(State(own): State<Own>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    own.jolokia.pass_on(query.as_deref(), body).await
}

async fn start(
    State(own): State<Own>,
    request: Result<Json<ProcessRequest>, JsonRejection>,
) -> Result<Json<OrderState>, Refusal> {
    order(&own, Deed::Start, request).await
}

async fn stop(
    State(own): State<Own>,
    request: Result<Json<ProcessRequest>, JsonRejection>,
) -> Result<Json<OrderState>, Refusal> {
    order(&own, Deed::Stop, request).await
}

async fn order(
    own: &Own,
    deed: Deed,
    request: Result<Json<ProcessRequest>, JsonRejection>,
) -> Result<Json<OrderState>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.place.endpoint.ip())?;
    Ok(Json(own.orders.take(deed, request, PATIENCE).await?))
}

async fn state(
    State(own): State<Own>,
    request: Result<Json<ProcessStateRequest>, JsonRejection>,
) -> Result<Json<ProcessStateAnswer>, Refusal> {
    let Json(request) = request.map_err(nonsense)?;
    is_meant(own.node, request.protocol, request.place.endpoint.ip())?;
    let state = own.process.state(&request.place).await;
    let state = state.map_err(|error| {
        let code = match error.kind {
            ProcessErrorKind::Unsupported => ProblemCode::Refused,
            _ => ProblemCode::Failed,
        };
        Problem::plain(code, error.message)
    })?;
    Ok(Json(ProcessStateAnswer { state }))
}

/// Whether host and agent speak the same, of the same node.
pub(crate) fn is_meant(node: IpAddr, protocol: u32, asked_of: IpAddr) -> Result<(), Problem> {
    if protocol != AGENT_PROTOCOL {
        return Err(Problem::new(
            ProblemCode::Invalid,
            format!("the host speaks protocol {protocol} to its agents, and this one {AGENT_PROTOCOL}"),
            "run the same release of host and agent",
        ));
    }
    if asked_of != node {
        return Err(Problem::plain(
            ProblemCode::Invalid,
            format!("this is the agent of {node}, and not of {asked_of}"),
        ));
    }
    Ok(())
}

pub(crate) fn nonsense(rejection: JsonRejection) -> Problem {
    Problem::plain(ProblemCode::Invalid, rejection.body_text())
}
