//! What the tries share.

use std::sync::Arc;

use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_bundled::fixtures::SABOTEUR;
use ringkeeper_conductor::NoFaults;
use ringkeeper_guard::{Consent, Scope};
use ringkeeper_journal::{Event, RunEvent};
use ringkeeper_sandbox::Limits;
use ringkeeper_suite::{SimHost, SimPlugin};
use serde_json::json;

/// All that it asks for: who grants this trusts a plugin with a great deal.
const GRANTS: [&str; 6] = ["cluster", "lifecycle", "metrics", "node-state", "repair", "state"];

/// A host with the plugin in it, that has looked.
pub(super) async fn host() -> SimHost {
    let saboteur = SimPlugin {
        scope: Scope::default(),
        name: "saboteur",
        component: SABOTEUR,
        grants: GRANTS.to_vec(),
        limits: Limits::default(),
    };
    let host = SimHost::working_with(saboteur).await;
    host.pass(20).await;
    host
}

/// The same, where a person is asked before a node is taken away.
pub(super) async fn host_that_asks() -> SimHost {
    let mut host = host().await;
    host.policy.approval.disrupt = Consent::Ask;
    restart(&mut host).await;
    host
}

/// Kills the host, and lets another one look.
pub(super) async fn restart(host: &mut SimHost) {
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(20).await;
}

/// Opens a run that does this harm, and answers its id.
pub(super) async fn open(host: &SimHost, harm: &str) -> String {
    let parameters = json!({ "harm": harm });
    let request = RunRequest {
        operation: "saboteur.harm".to_owned(),
        cluster: None,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        approve: None,
        deadline: None,
        security: false,
    };
    host.conductor.open_run(&request).await.unwrap().id
}

/// Lets time pass until `seen` of the run.
pub(super) async fn until(host: &SimHost, run: &str, seen: impl Fn(&RunDetail) -> bool) -> RunDetail {
    for _ in 0..2_400 {
        let detail = host.conductor.run(run).unwrap();
        if seen(&detail) {
            return detail;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("not seen in time: {:#?}", host.conductor.run(run).unwrap());
}

/// Does this harm in a host of its own, until the run has ended.
pub(super) async fn tried(harm: &str) -> (SimHost, RunDetail) {
    let host = host().await;
    let run = open(&host, harm).await;
    let detail = until(&host, &run, |detail| detail.run.ended_at.is_some()).await;
    (host, detail)
}

/// What the gate refused, in the order in which it did.
pub(super) async fn oversteps(host: &SimHost) -> Vec<String> {
    let events = host.events().await.into_iter();
    let reasons = events.filter_map(|(_, recorded)| match recorded.event {
        Event::Run {
            what: RunEvent::Overstepped { reason, .. },
            ..
        } => Some(reason),
        _ => None,
    });
    reasons.collect()
}

/// How often each node was stopped.
pub(super) fn stops(host: &SimHost) -> Vec<u64> {
    let nodes = host.cluster.nodes().into_iter();
    nodes.map(|node| host.cluster.stops_of(node)).collect()
}

/// The same component with one more section that means nothing: another one, by its digest.
pub(super) fn another(component: &[u8]) -> &'static [u8] {
    let mut bytes = component.to_vec();
    bytes.extend([0, 6, 5]);
    bytes.extend(b"other");
    bytes.leak()
}
