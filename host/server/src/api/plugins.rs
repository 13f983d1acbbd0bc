//! Versions of plugins: handed over, approved, taken back.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ringkeeper_api::{
    ApproveVersionRequest, InstallAnswer, InstallRequest, PluginSummary, Problem, ProblemCode,
};
use ringkeeper_conductor::{Conductor, VersionError};
use ringkeeper_sandbox::SandboxSettings;

use super::Answer;
use crate::extract::{Body, Named};
use crate::peer::Peer;
use crate::problem::Failed;
use crate::route::Limits;
use crate::state::Host;

/// What a request to install may take: a component in base 64, and room for what is around it.
pub(super) fn limits() -> Limits {
    let component = SandboxSettings::default().max_component_bytes;
    Limits {
        bytes: usize::try_from(component / 3 * 4 + (64 << 10)).unwrap_or(usize::MAX),
        time: Duration::from_secs(120),
    }
}

pub(super) async fn install(
    State(host): State<Host>,
    peer: Peer,
    Body(request): Body<InstallRequest>,
) -> Answer<InstallAnswer> {
    let Host { conductor, deeds, .. } = host;
    let bytes = STANDARD.decode(&request.component).map_err(|error| {
        Problem::plain(
            ProblemCode::Invalid,
            format!("`component` is not in base 64: {error}"),
        )
    })?;
    let installed = async move {
        let by = peer.name();
        let installed = conductor.install(bytes, request.signature, request.approve, &by);
        Ok(installed.await?)
    };
    deeds.carry_out(installed).await.map(Json)
}

pub(super) async fn approve(
    State(host): State<Host>,
    peer: Peer,
    Named(plugin): Named<String>,
    Body(request): Body<ApproveVersionRequest>,
) -> Answer<InstallAnswer> {
    let Host { conductor, deeds, .. } = host;
    let approved = async move {
        let by = peer.name();
        let approved = conductor.approve_version(&plugin, &request.digest, &by);
        Ok(approved.await?)
    };
    deeds.carry_out(approved).await.map(Json)
}

pub(super) async fn rollback(
    State(host): State<Host>,
    peer: Peer,
    Named(plugin): Named<String>,
) -> Answer<PluginSummary> {
    let Host { conductor, deeds, .. } = host;
    let rolled_back = async move {
        conductor.roll_back(&plugin, &peer.name()).await?;
        summary(&conductor, &plugin)
    };
    deeds.carry_out(rolled_back).await.map(Json)
}

pub(super) async fn resume(
    State(host): State<Host>,
    peer: Peer,
    Named(plugin): Named<String>,
) -> Answer<PluginSummary> {
    let Host { conductor, deeds, .. } = host;
    let resumed = async move {
        conductor.resume_version(&plugin, &peer.name()).await?;
        summary(&conductor, &plugin)
    };
    deeds.carry_out(resumed).await.map(Json)
}

fn summary(conductor: &Arc<Conductor>, name: &str) -> Result<PluginSummary, Failed> {
    let all = conductor.plugin_summaries();
    let found = all.into_iter().find(|plugin| plugin.name == name);
    found.ok_or_else(|| Problem::plain(ProblemCode::NotFound, format!("no plugin is called `{name}`")).into())
}

impl From<VersionError> for Failed {
    fn from(error: VersionError) -> Self {
        let message = error.to_string();
        Self::from(match error {
            VersionError::NoPlugin { .. } => Problem::new(
                ProblemCode::NotFound,
                message,
                "name it in a [[plugin]] of the configuration, with its `source` and `grants`, and start the host again",
            ),
            VersionError::Refused(_) => Problem::plain(ProblemCode::Refused, message),
            VersionError::NotSo { cure, .. } => Problem::new(ProblemCode::Refused, message, cure),
            VersionError::Kept(_) | VersionError::Journal(_) => {
                Problem::plain(ProblemCode::Unavailable, message)
            }
        })
    }
}
