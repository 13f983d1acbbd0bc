//! When work may happen, and when it must not.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ringkeeper_api::WindowRow;
use ringkeeper_conductor::Conductor;

use super::{Answer, Of};
use crate::extract::Asked;

pub(super) async fn list(
    State(conductor): State<Arc<Conductor>>,
    Asked(of): Asked<Of>,
) -> Answer<Vec<WindowRow>> {
    Ok(Json(conductor.windows(of.cluster.as_deref())?))
}
