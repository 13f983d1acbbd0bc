//! When the certificates end that the host lives by.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_agents::Agents;
use ringkeeper_api::{AgentRow, AgentState};
use ringkeeper_conductor::{CertificateEnds, Conductor};
use ringkeeper_config::ListenConfig;
use ringkeeper_seams::Timestamp;
use ringkeeper_trust::first_end_of_pem;

/// How often it is looked when they end.
const EVERY: Duration = Duration::from_secs(3_600);

/// Tells the conductor when they end, now and again, for as long as the host lives.
pub(crate) async fn watch(listen: Option<ListenConfig>, agents: Option<Agents>, conductor: Arc<Conductor>) {
    loop {
        conductor.note_certificates(CertificateEnds {
            network: listen.as_ref().and_then(of_network),
            authorities: agents.as_ref().and_then(Agents::authorities_end),
            agents: agents
                .as_ref()
                .map(|agents| of_agents(&agents.all()))
                .unwrap_or_default(),
        });
        tokio::time::sleep(EVERY).await;
    }
}

/// When the certificate for the network ends, as its file says; none where there is none, or it cannot be read, which
/// another check says.
pub(crate) fn of_network(listen: &ListenConfig) -> Option<Timestamp> {
    let tls = listen.tls.as_ref()?;
    first_end_of_pem(&std::fs::read_to_string(&tls.certificate_file).ok()?)
}

/// When the certificates of those agents end that are known.
pub(crate) fn of_agents(agents: &[AgentRow]) -> BTreeMap<IpAddr, Timestamp> {
    let known = agents.iter().filter(|agent| agent.state == AgentState::Enrolled);
    known
        .filter_map(|agent| Some((agent.node, agent.certificate_ends_at?)))
        .collect()
}
