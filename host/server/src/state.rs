//! What the handlers share.

use std::sync::Arc;

use axum::extract::FromRef;
use ringkeeper_access::Access;
use ringkeeper_agents::Agents;
use ringkeeper_api::Role;
use ringkeeper_conductor::Conductor;
use tokio::sync::watch;

use crate::deeds::Deeds;
use crate::keys::Keys;
use crate::streams::Streams;

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// Knows the answers.
    pub(crate) conductor: Arc<Conductor>,
    /// Who its agents are; none where it listens for none.
    pub(crate) agents: Option<Agents>,
    /// Who may ask over the network.
    pub(crate) access: Access,
    /// Which role it takes to approve what waits for a person's word.
    pub(crate) approvers: Role,
    /// Requests that change something, carried out even if nobody waits for the answer any more.
    pub(crate) deeds: Deeds,
    /// Changes that came with an idempotency key.
    pub(crate) keys: Arc<Keys>,
    /// Streams of events under way.
    pub(crate) streams: Streams,
    /// Turns true when the host stops, so that answers without an end find one.
    pub(crate) stopping: watch::Receiver<bool>,
}

impl FromRef<Host> for Arc<Conductor> {
    fn from_ref(host: &Host) -> Self {
        Self::clone(&host.conductor)
    }
}
