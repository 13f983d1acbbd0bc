//! What the guard says.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ringkeeper_api::{GuardAnswer, GuardQuestion};
use ringkeeper_conductor::Conductor;

use super::Answer;
use crate::extract::Body;

pub(super) async fn explain(
    State(conductor): State<Arc<Conductor>>,
    Body(question): Body<GuardQuestion>,
) -> Answer<GuardAnswer> {
    Ok(Json(conductor.explain(&question).await?))
}
