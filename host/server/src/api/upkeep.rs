//! Leases, freezes, and copies of the journal.

use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ringkeeper_api::{
    BackupAnswer, BackupRequest, FreezeRequest, FreezeStatus, LeaseRow, Problem, ProblemCode,
};
use ringkeeper_conductor::Conductor;

use super::{Answer, Of};
use crate::extract::{Asked, Body};
use crate::peer::Peer;
use crate::state::Host;

pub(super) async fn leases(
    State(conductor): State<Arc<Conductor>>,
    Asked(of): Asked<Of>,
) -> Answer<Vec<LeaseRow>> {
    Ok(Json(conductor.leases(of.cluster.as_deref())?))
}

pub(super) async fn freeze_status(
    State(conductor): State<Arc<Conductor>>,
    Asked(of): Asked<Of>,
) -> Answer<FreezeStatus> {
    Ok(Json(conductor.freeze_status(of.cluster.as_deref())?))
}

pub(super) async fn set_freeze(
    State(host): State<Host>,
    peer: Peer,
    Body(request): Body<FreezeRequest>,
) -> Answer<FreezeStatus> {
    let Host { conductor, deeds, .. } = host;
    let set = async move { Ok(conductor.set_freeze(&request, &peer.name()).await?) };
    deeds.carry_out(set).await.map(Json)
}

pub(super) async fn back_up(
    State(host): State<Host>,
    Body(request): Body<BackupRequest>,
) -> Answer<BackupAnswer> {
    if !Path::new(&request.file).is_absolute() {
        let message = format!("`{}` is no absolute path", request.file);
        let cure = "name the file from / on: the host's own working directory is not yours";
        return Err(Problem::new(ProblemCode::Invalid, message, cure).into());
    }
    let Host { conductor, deeds, .. } = host;
    let backed_up = async move {
        let size_bytes = conductor.back_up_journal(Path::new(&request.file)).await?;
        Ok(BackupAnswer {
            file: request.file,
            size_bytes,
        })
    };
    deeds.carry_out(backed_up).await.map(Json)
}
