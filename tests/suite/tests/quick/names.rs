//! Names in the policy that the cluster does not have.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringkeeper_conductor::NoFaults;
use ringkeeper_guard::{Policy, Waiver};
use ringkeeper_journal::Event;
use ringkeeper_plan::{Owner, Severity};
use ringkeeper_schedule::{OpenHours, Window};
use ringkeeper_suite::{HEALTH_GRANTS, SimHost};

fn night(data_centre: &str) -> OpenHours {
    OpenHours::parse(&Window {
        name: "night".to_owned(),
        cluster: None,
        data_centres: BTreeSet::from([data_centre.to_owned()]),
        impacts: BTreeSet::from(["disrupt".to_owned()]),
        days: BTreeSet::new(),
        from: "22:00".to_owned(),
        to: "04:00".to_owned(),
        zone: "UTC".to_owned(),
    })
    .unwrap()
}

/// A host whose policy has three names that its cluster does not have.
async fn host() -> SimHost {
    let mut host = SimHost::start(&HEALTH_GRANTS).await;
    host.policy = Policy {
        windows: vec![night("dc_1")],
        waivers: vec![Waiver {
            keyspace: "staging".to_owned(),
            reason: "one replica until the new racks stand".to_owned(),
            until: host.now().after(std::time::Duration::from_secs(3_600)),
        }],
        ..Policy::default()
    };
    host.levels = [("oders".to_owned(), None)].into();
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(40).await;
    host
}

const UNKNOWN: [&str; 3] = [
    "unknown-name/data-centre/dc_1",
    "unknown-name/keyspace/oders",
    "unknown-name/keyspace/staging",
];

fn open_keys(host: &SimHost) -> Vec<String> {
    let mut keys = host.open_keys();
    keys.sort();
    keys
}

/// How often a finding of the host was opened and cleared.
async fn told(host: &SimHost, key: &str) -> (usize, usize) {
    let events = host.events().await;
    let count =
        |is: &dyn Fn(&Event) -> bool| events.iter().filter(|(_, recorded)| is(&recorded.event)).count();
    (
        count(&|event| matches!(event, Event::FindingOpened { finding, .. } if finding.key == key)),
        count(&|event| matches!(event, Event::FindingCleared { key: cleared, .. } if cleared == key)),
    )
}

#[tokio::test(start_paused = true)]
async fn names_that_the_cluster_does_not_have_are_findings_of_the_host() {
    let host = host().await;
    assert_eq!(open_keys(&host), UNKNOWN);
    let all = host.conductor.findings(None).unwrap();
    assert!(all.iter().all(|open| open.operation == "host"
        && open.finding.severity == Severity::Warning
        && open.finding.owner == Owner::Configuration));
    let of_centre = all.iter().find(|open| open.finding.key == UNKNOWN[0]).unwrap();
    let facts = of_centre.finding.evidence.iter();
    let facts: Vec<_> = facts
        .map(|fact| (fact.name.as_str(), fact.value.as_str()))
        .collect();
    assert_eq!(facts, [("named in", "window night"), ("there are", "dc1")]);
    let status = host.conductor.status(None).unwrap().unwrap();
    assert_eq!(status.findings.len(), 3, "{status:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_name_is_cleared_when_the_cluster_has_it_and_told_again_when_it_has_it_no_more() {
    let host = host().await;
    host.cluster.edit_schema(|schema| {
        let mut staging = schema.keyspaces.get("orders").unwrap().clone();
        staging.name = "staging".to_owned();
        schema.keyspaces.insert("staging".to_owned(), staging);
    });
    host.pass(100).await;
    assert_eq!(open_keys(&host), UNKNOWN[..2]);
    host.cluster.edit_schema(|schema| {
        schema.keyspaces.remove("staging");
    });
    host.pass(400).await;
    assert_eq!(open_keys(&host), UNKNOWN);
    assert_eq!(told(&host, UNKNOWN[2]).await, (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_cleared_when_nothing_names_it_any_more_or_what_named_it_is_over() {
    let mut host = host().await;
    host.policy.windows = vec![night("dc1")];
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(40).await;
    assert_eq!(open_keys(&host), UNKNOWN[1..]);
    host.pass(4_000).await;
    assert_eq!(open_keys(&host), [UNKNOWN[1]], "the waiver is over");
}

#[tokio::test(start_paused = true)]
async fn a_name_stays_told_once_while_a_new_host_has_not_seen_the_cluster_yet() {
    let mut host = host().await;
    for node in host.cluster.nodes() {
        host.cluster
            .edit(node, |node| node.answers = ringkeeper_sim::Answers::Never);
    }
    host.kill_and_restart(Arc::new(NoFaults)).await;
    host.pass(40).await;
    for key in UNKNOWN {
        assert!(open_keys(&host).iter().any(|open| open == key));
        assert_eq!(told(&host, key).await, (1, 0), "{key}");
    }
    for node in host.cluster.nodes() {
        host.cluster
            .edit(node, |node| node.answers = ringkeeper_sim::Answers::Now);
    }
    host.pass(400).await;
    assert_eq!(open_keys(&host), UNKNOWN);
    for key in UNKNOWN {
        assert_eq!(told(&host, key).await, (1, 0), "{key}");
    }
}
