//! The audit log.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use ringkeeper_api::{
    AuditExported, AuditQuestion, AuditRow, AuditSegmentRow, AuditSegmentText, AuditVerdict,
};
use ringkeeper_conductor::Conductor;
use serde::Deserialize;

use super::Answer;
use crate::extract::{Asked, Body, Named};
use crate::state::Host;

pub(super) fn routes() -> Router<Host> {
    Router::new()
        .route("/audit", get(list))
        .route("/audit/verify", get(verify))
        .route("/audit/seal", post(seal))
        .route("/audit/segments", get(segments))
        .route("/audit/segments/{segment}", get(segment))
        .route("/audit/segments/{segment}/exported", post(exported))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Noted {
    head: Option<String>,
}

async fn list(
    State(conductor): State<Arc<Conductor>>,
    Asked(question): Asked<AuditQuestion>,
) -> Answer<Vec<AuditRow>> {
    Ok(Json(conductor.audit(&question).await?))
}

async fn verify(State(conductor): State<Arc<Conductor>>, Asked(noted): Asked<Noted>) -> Answer<AuditVerdict> {
    Ok(Json(conductor.verify_audit(noted.head.as_deref()).await?))
}

async fn segments(State(conductor): State<Arc<Conductor>>) -> Answer<Vec<AuditSegmentRow>> {
    Ok(Json(conductor.audit_segments().await?))
}

async fn seal(State(host): State<Host>) -> Answer<Vec<AuditSegmentRow>> {
    let Host { conductor, deeds, .. } = host;
    let sealed = async move { Ok(conductor.seal_audit().await?) };
    deeds.carry_out(sealed).await.map(Json)
}

async fn segment(
    State(conductor): State<Arc<Conductor>>,
    Named(segment): Named<u64>,
) -> Answer<AuditSegmentText> {
    Ok(Json(conductor.audit_segment(segment).await?))
}

async fn exported(
    State(host): State<Host>,
    Named(segment): Named<u64>,
    Body(request): Body<AuditExported>,
) -> Answer<AuditSegmentRow> {
    let Host { conductor, deeds, .. } = host;
    let noted = async move { Ok(conductor.audit_exported(segment, &request.hash).await?) };
    deeds.carry_out(noted).await.map(Json)
}
