//! `/api/v1`: questions to the conductor.

mod agents;
mod clusters;
mod events;
mod guard;
mod plugins;
mod runs;
mod schedules;
mod upkeep;
mod windows;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use crate::extract::BODY_BYTES;
use crate::problem::Failed;
use crate::state::Host;

type Answer<T> = Result<Json<T>, Failed>;

pub(crate) fn routes() -> Router<Host> {
    Router::new()
        .route("/clusters", get(clusters::clusters))
        .route("/clusters/{cluster}", get(clusters::cluster))
        .route("/clusters/{cluster}/nodes/{node}", get(clusters::node))
        .route("/clusters/{cluster}/repairs", get(clusters::repairs))
        .route("/findings", get(clusters::findings))
        .route(
            "/plugins",
            get(clusters::plugins)
                .merge(post(plugins::install).layer(DefaultBodyLimit::max(plugins::most_bytes()))),
        )
        .route("/plugins/{plugin}/approve", post(plugins::approve))
        .route("/plugins/{plugin}/rollback", post(plugins::rollback))
        .route("/plugins/{plugin}/resume", post(plugins::resume))
        .route("/plans", post(runs::plan))
        .route("/runs", get(runs::list).post(runs::open))
        .route("/runs/{id}", get(runs::show))
        .route("/runs/{id}/plan", get(runs::plan_of))
        .route("/runs/{id}/output", get(runs::output))
        .route("/runs/{id}/approve", post(runs::approve))
        .route("/runs/{id}/reject", post(runs::reject))
        .route("/runs/{id}/pause", post(runs::pause))
        .route("/runs/{id}/resume", post(runs::resume))
        .route("/runs/{id}/cancel", post(runs::cancel))
        .route("/schedules", get(schedules::list).put(schedules::change))
        .route("/windows", get(windows::list))
        .route("/leases", get(upkeep::leases))
        .route("/guard/explain", post(guard::explain))
        .route("/freeze", get(upkeep::freeze_status).post(upkeep::set_freeze))
        .route("/agents", get(agents::list))
        .route("/agents/tokens", post(agents::token))
        .route("/agents/{node}", get(agents::show))
        .route("/agents/{node}/revoke", post(agents::revoke))
        .route("/journal/backup", post(upkeep::back_up))
        .route("/events", get(events::follow))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
}

/// Questions that may name a cluster.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    cluster: Option<String>,
}
