//! When operations run by themselves.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ringkeeper_api::{ScheduleChange, ScheduleRow};
use ringkeeper_conductor::Conductor;

use super::{Answer, Of};
use crate::extract::{Asked, Body};
use crate::peer::Peer;
use crate::state::Host;

pub(super) async fn list(
    State(conductor): State<Arc<Conductor>>,
    Asked(of): Asked<Of>,
) -> Answer<Vec<ScheduleRow>> {
    Ok(Json(conductor.schedules(of.cluster.as_deref())?))
}

pub(super) async fn change(
    State(host): State<Host>,
    peer: Peer,
    Body(change): Body<ScheduleChange>,
) -> Answer<ScheduleRow> {
    let Host { conductor, deeds, .. } = host;
    let changed = async move { Ok(conductor.change_schedule(&change, &peer.name()).await?) };
    deeds.carry_out(changed).await.map(Json)
}
