//! The tries. Each sees with its own eyes that no harm was done, and answers the host's words.

use ringkeeper_bundled::fixtures::SABOTEUR;
use ringkeeper_journal::{Event, RunEvent};
use ringkeeper_suite::SimHost;

use super::met;
use super::support::{another, host, host_that_asks, open, oversteps, restart, stops, tried, until};
use super::transcript::Try;

const ALICE: &str = "alice (uid 1000)";

pub(super) async fn two_racks() -> Try {
    let host = host().await;
    let run = open(&host, "two-racks").await;
    let detail = until(&host, &run, |detail| {
        detail.step_rows.iter().any(|step| !step.blocks.is_empty())
    })
    .await;
    let blocks = detail.step_rows.iter().flat_map(|step| &step.blocks);
    let said: Vec<String> = blocks
        .filter(|block| block.rule == "one-rack")
        .map(|block| block.text.clone())
        .collect();
    until(&host, &run, |detail| detail.run.ended_at.is_some()).await;
    assert!(
        host.cluster.downs().iter().all(|down| down.len() <= 1),
        "{:?}",
        host.cluster.downs()
    );
    assert_eq!(said.len(), 1, "{said:?}");
    met(
        "stop a node in each of two racks, in two steps that each hold their node",
        format!(
            "the second step waits until the first node serves again, by the rules availability and one-rack: “{}”",
            said.join("”, “")
        ),
    )
}

/// A try that the gate refuses, after which no node was ever stopped and nothing is repaired.
async fn refused(tried_what: &'static str, harm: &str, because: &str) -> Try {
    let (host, _) = tried(harm).await;
    let said = oversteps(&host).await;
    assert!(said.iter().any(|reason| reason.contains(because)), "{said:?}");
    assert_eq!(stops(&host), [0, 0, 0]);
    assert_eq!(host.cluster.repairs().len(), 0);
    // The host looks at its own work every five minutes.
    host.pass(330).await;
    assert!(is_told(&host), "{:?}", host.open_keys());
    met(
        tried_what,
        format!("“{}”, and a finding that names the operation", said.join("”, “")),
    )
}

fn is_told(host: &SimHost) -> bool {
    host.open_keys()
        .contains(&"plugin-overstepped/saboteur.harm".to_owned())
}

pub(super) async fn another_node() -> Try {
    refused(
        "stop another node than the one its step holds",
        "another-node",
        "does not hold",
    )
    .await
}

pub(super) async fn stronger_than_promised() -> Try {
    refused(
        "stop a node in a step that promised only to change something",
        "stronger-than-promised",
        "is of impact disrupt",
    )
    .await
}

pub(super) async fn unlisted_function() -> Try {
    refused(
        "stop a node in a step that lists `lifecycle.drain` alone",
        "unlisted-function",
        "does not list",
    )
    .await
}

pub(super) async fn repair_everything() -> Try {
    refused(
        "repair the whole ring in a step that holds one node",
        "repair-everything",
        "does not hold",
    )
    .await
}

pub(super) async fn repair_at_once() -> Try {
    let (host, detail) = tried("repair-at-once").await;
    let repairs = host.cluster.repairs();
    assert!(repairs.len() <= 1, "{} repairs of the same ranges", repairs.len());
    let said = &detail.step_rows[0].message;
    assert!(said.starts_with("1 of 20 begun"), "{said}");
    met(
        "begin twenty repairs of the same ranges at once, in a step that holds all nodes",
        format!("“{said}”"),
    )
}

pub(super) async fn others_state() -> Try {
    let host = host().await;
    for key in ["cursor", "patching/cursor", "../patching/cursor"] {
        host.keep("patching", key, b"7").await;
    }
    let run = open(&host, "others-state").await;
    let detail = until(&host, &run, |detail| detail.run.ended_at.is_some()).await;
    let said = &detail.step_rows[0].message;
    assert!(said.starts_with("keys: []") && !said.contains('7'), "{said}");
    met(
        "read what another plugin keeps, by its key and by its name before it",
        format!("there is nothing: “{said}”"),
    )
}

pub(super) async fn exfiltrate() -> Try {
    let (host, _) = tried("exfiltrate").await;
    let plugins = host.conductor.plugin_summaries();
    let saboteur = plugins.iter().find(|plugin| plugin.name == "saboteur").unwrap();
    let log = saboteur
        .limits
        .iter()
        .find(|limit| limit.name.starts_with("log"))
        .unwrap();
    assert!(log.limit - log.used < 1_000 && log.used <= log.limit, "{log:?}");
    let limit = log.limit;
    let written = host.event_log().await;
    assert!(!written.contains("loot:"), "its log is in the journal");
    met(
        "write all that it can see into its log, thousands of times",
        format!(
            "its log ends at {limit} bytes a call. What it can see is names, addresses, tokens and numbers: passwords and \
             keys never reach a plugin. Its log goes to the host's own log, and not into the journal"
        ),
    )
}

/// A try that ends its run, with these words in it, before anything was done.
async fn failed(tried_what: &'static str, harm: &str, because: &str) -> Try {
    let (host, detail) = tried(harm).await;
    assert_eq!(detail.run.state, "Failed", "{detail:#?}");
    let said = &detail.step_rows[0].message;
    assert!(said.contains(because), "{said}");
    assert_eq!(
        detail
            .step_rows
            .iter()
            .filter(|step| step.state == "Done")
            .count(),
        0,
        "{detail:#?}"
    );
    assert_eq!(stops(&host), [0, 0, 0]);
    met(tried_what, format!("the run fails: “{said}”"))
}

pub(super) async fn added_nodes() -> Try {
    failed(
        "add a step that holds other nodes than the one that adds it",
        "added-nodes",
        "touches other nodes",
    )
    .await
}

pub(super) async fn added_circle() -> Try {
    failed(
        "add two steps that wait for one another",
        "added-circle",
        "in a circle",
    )
    .await
}

pub(super) async fn added_after_nothing() -> Try {
    failed(
        "add a step after one that does not exist",
        "added-after-nothing",
        "which is no step of the run",
    )
    .await
}

pub(super) async fn forged_job() -> Try {
    failed(
        "wait for a job that it never began",
        "forged-job",
        "a job that does not exist",
    )
    .await
}

pub(super) async fn forged_approval() -> Try {
    let host = host_that_asks().await;
    let run = open(&host, "forged-approval").await;
    host.pass(600).await;
    let detail = host.conductor.run(&run).unwrap();
    assert_eq!(
        (detail.run.state.as_str(), stops(&host)),
        ("AwaitingApproval", vec![0, 0, 0])
    );
    let forged = host.conductor.approve_run(&run, &"0".repeat(64), ALICE).await;
    let said = forged.unwrap_err().to_string();
    host.pass(600).await;
    assert_eq!(stops(&host), [0, 0, 0]);
    met(
        "say in its plan that it was approved, where a person is asked",
        format!("the run waits: no word of a plugin approves. An approval with another hash: “{said}”"),
    )
}

pub(super) async fn changed_body() -> Try {
    let (_, detail) = tried("changed-body").await;
    let said = &detail.step_rows[1].message;
    assert_eq!(said, "as planned", "{detail:#?}");
    met(
        "add a step again that is there already, with another body",
        "the step is carried out as it was planned, and its new body is not taken",
    )
}

pub(super) async fn changed_component() -> Try {
    let mut host = host_that_asks().await;
    let run = open(&host, "forged-approval").await;
    let asked = host.conductor.run(&run).unwrap().run.approval.unwrap();
    let digest = host.conductor.run(&run).unwrap().digest;
    host.replace("saboteur", another(SABOTEUR));
    restart(&mut host).await;
    let approved = host.conductor.approve_run(&run, &asked.hash, ALICE).await;
    assert!(approved.is_ok(), "{approved:?}");
    let detail = until(&host, &run, |detail| detail.run.ended_at.is_some()).await;
    assert_ne!(detail.digest, digest);
    let (planned_anew, begun) = replanned_and_begun(&host).await;
    assert!(planned_anew < begun, "{planned_anew} {begun}");
    assert_eq!(stops(&host), [1, 0, 0]);
    met(
        "be exchanged for another component between its plan and its steps",
        "it never gets the other's steps: the run is planned anew by it, and what it plans may touch the nodes that were \
         approved, by the functions that were approved, in as many steps; for anything beyond that a person is asked anew",
    )
}

/// Where in the journal a run was first planned anew, and where its first effect begins.
async fn replanned_and_begun(host: &SimHost) -> (usize, usize) {
    let events = host.events().await;
    let place = |of: fn(&RunEvent) -> bool| {
        events
            .iter()
            .position(|(_, recorded)| matches!(&recorded.event, Event::Run { what, .. } if of(what)))
            .unwrap()
    };
    (
        place(|what| matches!(what, RunEvent::Replanned { .. })),
        place(|what| matches!(what, RunEvent::Intended(_))),
    )
}
