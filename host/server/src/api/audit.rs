//! The audit log.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ringkeeper_api::{
    AuditExported, AuditQuestion, AuditRow, AuditSegmentRow, AuditSegmentText, AuditVerdict,
};
use ringkeeper_conductor::Conductor;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Answer;
use crate::extract::{Asked, Body, Named};
use crate::state::Host;

/// Behind the `?` of a check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Noted {
    /// A head that was noted elsewhere, as hexadecimal digits.
    head: Option<String>,
}

pub(super) async fn list(
    State(conductor): State<Arc<Conductor>>,
    Asked(question): Asked<AuditQuestion>,
) -> Answer<Vec<AuditRow>> {
    Ok(Json(conductor.audit(&question).await?))
}

pub(super) async fn verify(
    State(conductor): State<Arc<Conductor>>,
    Asked(noted): Asked<Noted>,
) -> Answer<AuditVerdict> {
    Ok(Json(conductor.verify_audit(noted.head.as_deref()).await?))
}

pub(super) async fn segments(State(conductor): State<Arc<Conductor>>) -> Answer<Vec<AuditSegmentRow>> {
    Ok(Json(conductor.audit_segments().await?))
}

pub(super) async fn seal(State(host): State<Host>) -> Answer<Vec<AuditSegmentRow>> {
    let Host { conductor, deeds, .. } = host;
    let sealed = async move { Ok(conductor.seal_audit().await?) };
    deeds.carry_out(sealed).await.map(Json)
}

pub(super) async fn segment(
    State(conductor): State<Arc<Conductor>>,
    Named(segment): Named<u64>,
) -> Answer<AuditSegmentText> {
    Ok(Json(conductor.audit_segment(segment).await?))
}

pub(super) async fn exported(
    State(host): State<Host>,
    Named(segment): Named<u64>,
    Body(request): Body<AuditExported>,
) -> Answer<AuditSegmentRow> {
    let Host { conductor, deeds, .. } = host;
    let noted = async move { Ok(conductor.audit_exported(segment, &request.hash).await?) };
    deeds.carry_out(noted).await.map(Json)
}
