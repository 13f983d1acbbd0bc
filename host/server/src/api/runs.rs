//! Plans, and runs that carry them out.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ringkeeper_api::{
    ApproveRequest, CancelRequest, PlanAnswer, PlanRequest, RejectRequest, RunDetail, RunRequest, RunSummary,
    ToolOutput, ToolOutputQuestion,
};
use ringkeeper_conductor::Conductor;

use super::{Answer, Of};
use crate::extract::{Asked, Body, Named};
use crate::peer::Peer;
use crate::problem::Failed;
use crate::route::permits;
use crate::state::Host;

pub(super) async fn plan(
    State(conductor): State<Arc<Conductor>>,
    Body(request): Body<PlanRequest>,
) -> Answer<PlanAnswer> {
    Ok(Json(conductor.dry_run(&request).await?))
}

pub(super) async fn open(
    State(host): State<Host>,
    peer: Peer,
    Body(request): Body<RunRequest>,
) -> Result<(StatusCode, Json<RunSummary>), Failed> {
    if request.approve.is_some() {
        permits(Some(&peer), host.approvers)?;
    }
    let Host { conductor, deeds, .. } = host;
    let opened = async move { Ok(conductor.open_run_as(&request, &peer.name()).await?) };
    Ok((StatusCode::ACCEPTED, Json(deeds.carry_out(opened).await?)))
}

pub(super) async fn list(
    State(conductor): State<Arc<Conductor>>,
    Asked(of): Asked<Of>,
) -> Answer<Vec<RunSummary>> {
    Ok(Json(conductor.runs(of.cluster.as_deref())?))
}

pub(super) async fn show(
    State(conductor): State<Arc<Conductor>>,
    Named(id): Named<String>,
) -> Answer<RunDetail> {
    Ok(Json(conductor.run(&id)?))
}

pub(super) async fn plan_of(
    State(conductor): State<Arc<Conductor>>,
    Named(id): Named<String>,
) -> Answer<PlanAnswer> {
    Ok(Json(conductor.plan_of_run(&id).await?))
}

pub(super) async fn output(
    State(conductor): State<Arc<Conductor>>,
    Named(id): Named<String>,
    Asked(of): Asked<ToolOutputQuestion>,
) -> Answer<ToolOutput> {
    let output = conductor.tool_output(&id, of.job.as_deref(), of.stream, of.from);
    Ok(Json(output.await?))
}

pub(super) async fn approve(
    State(host): State<Host>,
    peer: Peer,
    Named(id): Named<String>,
    Body(request): Body<ApproveRequest>,
) -> Answer<RunSummary> {
    permits(Some(&peer), host.approvers)?;
    let Host { conductor, deeds, .. } = host;
    let approved = async move { Ok(conductor.approve_run(&id, &request.hash, &peer.name()).await?) };
    deeds.carry_out(approved).await.map(Json)
}

pub(super) async fn reject(
    State(host): State<Host>,
    peer: Peer,
    Named(id): Named<String>,
    Body(request): Body<RejectRequest>,
) -> Answer<RunSummary> {
    let Host { conductor, deeds, .. } = host;
    let rejected = async move { Ok(conductor.reject_run(&id, &request.reason, &peer.name()).await?) };
    deeds.carry_out(rejected).await.map(Json)
}

pub(super) async fn pause(
    State(host): State<Host>,
    peer: Peer,
    Named(id): Named<String>,
) -> Answer<RunSummary> {
    let Host { conductor, deeds, .. } = host;
    let paused = async move { Ok(conductor.pause_run(&id, &peer.name()).await?) };
    deeds.carry_out(paused).await.map(Json)
}

pub(super) async fn resume(
    State(host): State<Host>,
    peer: Peer,
    Named(id): Named<String>,
) -> Answer<RunSummary> {
    let Host { conductor, deeds, .. } = host;
    let resumed = async move { Ok(conductor.resume_run(&id, &peer.name()).await?) };
    deeds.carry_out(resumed).await.map(Json)
}

pub(super) async fn cancel(
    State(host): State<Host>,
    peer: Peer,
    Named(id): Named<String>,
    Body(request): Body<CancelRequest>,
) -> Answer<RunSummary> {
    let Host { conductor, deeds, .. } = host;
    let cancelled = async move { Ok(conductor.cancel_run(&id, request.now, &peer.name()).await?) };
    deeds.carry_out(cancelled).await.map(Json)
}
