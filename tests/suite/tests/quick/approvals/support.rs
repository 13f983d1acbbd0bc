//! What the stories about approvals share.

use std::sync::Arc;

use ringkeeper_api::{RunDetail, RunRequest};
use ringkeeper_conductor::NoFaults;
use ringkeeper_guard::Consent;
use ringkeeper_journal::{Event, RunEvent};
use ringkeeper_suite::SimHost;
use serde_json::json;

/// Who approves.
pub(super) const ALICE: &str = "alice (uid 1000)";

/// A host that asks a person before it takes a node away, and has looked.
pub(crate) async fn host_that_asks() -> SimHost {
    host_with(Consent::Ask).await
}

/// A host with this word for what takes a node away.
pub(super) async fn host_with(disrupt: Consent) -> SimHost {
    let mut host = SimHost::restarting(|cluster| cluster).await;
    host.policy.approval.disrupt = disrupt;
    restart(&mut host).await;
    host
}

/// Kills the host, and lets another one look.
pub(super) async fn restart(host: &mut SimHost) {
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(20).await;
}

/// A restart of these racks.
pub(super) fn request(racks: &[&str]) -> RunRequest {
    let parameters = json!({ "racks": racks, "soak_seconds": 5 });
    RunRequest {
        operation: "patching.restart".to_owned(),
        cluster: None,
        parameters: parameters.as_object().cloned().unwrap_or_default(),
        approve: None,
        deadline: None,
        security: false,
    }
}

/// Opens a run that waits, and answers its id and the hash it waits with.
pub(super) async fn ask(host: &SimHost) -> (String, String) {
    let run = host.conductor.open_run(&request(&[])).await.unwrap();
    assert_eq!(run.state, "AwaitingApproval", "{run:#?}");
    (run.id, run.approval.unwrap().hash)
}

/// Why an approval is not taken.
pub(super) async fn refused(host: &SimHost, run: &str, hash: &str) -> String {
    let refused = host.conductor.approve_run(run, hash, ALICE).await.unwrap_err();
    refused.to_string()
}

/// Lets time pass until the run is in this state.
pub(super) async fn until(host: &SimHost, run: &str, within_seconds: u64, state: &str) -> RunDetail {
    for _ in 0..within_seconds * 2 {
        let detail = host.conductor.run(run).unwrap();
        if detail.run.state == state {
            return detail;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    panic!("never {state}: {:#?}", host.conductor.run(run).unwrap());
}

/// How often any node was stopped.
pub(super) fn stops(host: &SimHost) -> u64 {
    let nodes = host.cluster.nodes().into_iter();
    nodes.map(|node| host.cluster.stops_of(node)).sum()
}

/// Who approved what in a run.
pub(super) async fn approvals(host: &SimHost, id: &str) -> Vec<(String, String)> {
    let events = host.events().await.into_iter();
    events
        .filter_map(|(_, recorded)| match recorded.event {
            Event::Run {
                run,
                what: RunEvent::Approved { hash, by },
            } if run.0 == id => Some((hash, by)),
            _ => None,
        })
        .collect()
}
