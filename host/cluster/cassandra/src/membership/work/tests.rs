use serde_json::{Value, json};

use super::*;

const ITEMS: usize = 6;

fn work_of(body: &str, known: &[&str]) -> Result<NodeWork, NodeError> {
    let mut answers = Answers::read("node".to_owned(), ITEMS, body.as_bytes()).unwrap();
    take(&mut answers, &nodes(known))
}

fn nodes(known: &[&str]) -> BTreeSet<Endpoint> {
    known.iter().map(|node| node.parse().unwrap()).collect()
}

/// Answers about streams, of a node that does nothing else.
fn streaming(before: &[&str], operations: &[&str], peers: &Value, after: &[&str]) -> String {
    let item = |value: Value| json!({"status": 200, "value": value});
    let lacking =
        json!({"status": 404, "error": "javax.management.InstanceNotFoundException : AutoRepairService"});
    json!([
        item(json!([])),
        item(json!(before)),
        item(json!(operations)),
        item(peers.clone()),
        item(json!(after)),
        lacking
    ])
    .to_string()
}

#[test]
fn tasks_of_every_release_are_counted_by_their_kind() {
    for (body, major) in [
        (include_str!("fixtures/compactions-4.0.18.json"), "Compaction"),
        (include_str!("fixtures/compactions-4.1.9.json"), "Compaction"),
        (
            include_str!("fixtures/compactions-5.0.5.json"),
            "Major compaction",
        ),
    ] {
        let expected = NodeWork {
            compactions: [(major.to_owned(), 1), ("Upgrade sstables".to_owned(), 1)].into(),
            streams: Vec::new(),
            auto_repair: None,
        };
        assert_eq!(work_of(body, &[]).unwrap(), expected);
    }
    assert_eq!(
        counted(vec!["Cleanup".to_owned(); 3]),
        [("Cleanup".to_owned(), 3)].into()
    );
}

#[test]
fn streams_of_every_release_name_their_purpose_and_peers() {
    for (body, peer) in [
        (include_str!("fixtures/streams-4.0.18.json"), "127.77.3.2:7000"),
        (include_str!("fixtures/streams-4.1.9.json"), "127.77.4.2:7000"),
        (include_str!("fixtures/streams-5.0.5.json"), "127.77.2.2:7000"),
    ] {
        let work = work_of(body, &[peer, "127.77.9.9:7000"]).unwrap();
        let expected = Stream {
            operation: "Repair".to_owned(),
            peers: nodes(&[peer]),
        };
        assert_eq!(work.streams, [expected]);
    }
}

#[test]
fn a_node_at_rest_has_none() {
    let work = work_of(include_str!("fixtures/idle-5.0.5.json"), &[]).unwrap();
    assert_eq!(work, NodeWork::default());
}

#[test]
fn a_node_that_is_starting_has_none() {
    let lacking =
        json!({"status": 404, "error": "javax.management.InstanceNotFoundException : CompactionManager"});
    let body = Value::from(vec![lacking; ITEMS]).to_string();
    assert_eq!(work_of(&body, &[]).unwrap(), NodeWork::default());
}

#[test]
fn every_plan_keeps_its_own_peers() {
    let peers = json!([["10.0.0.2"], ["10.0.0.3", "10.0.0.4"]]);
    let body = streaming(&["a", "b"], &["Rebuild", "Bootstrap"], &peers, &["a", "b"]);
    let work = work_of(&body, &["10.0.0.2:7001", "10.0.0.3:7001", "10.0.0.4:7001"]).unwrap();
    let stream = |operation: &str, peers: &[&str]| Stream {
        operation: operation.to_owned(),
        peers: nodes(peers),
    };
    assert_eq!(
        work.streams,
        [
            stream("Bootstrap", &["10.0.0.3:7001", "10.0.0.4:7001"]),
            stream("Rebuild", &["10.0.0.2:7001"])
        ]
    );
}

#[test]
fn plans_that_change_meanwhile_are_taken_to_have_all_peers() {
    let peers = json!([["10.0.0.2"], ["10.0.0.3"]]);
    for (before, operations, after) in [
        (vec!["a", "b"], vec!["Rebuild", "Repair"], vec!["b", "c"]),
        (
            vec!["a", "b", "c"],
            vec!["Rebuild", "Repair"],
            vec!["a", "b", "c"],
        ),
    ] {
        let body = streaming(&before, &operations, &peers, &after);
        let all = nodes(&["10.0.0.2:7000", "10.0.0.3:7000"]);
        let streams = work_of(&body, &[]).unwrap().streams;
        assert_eq!(streams.len(), 2);
        assert!(streams.iter().all(|stream| stream.peers == all), "{streams:?}");
    }
}

#[test]
fn every_node_at_an_address_may_be_the_peer() {
    let known = ["10.0.0.2:7000", "10.0.0.2:7001", "10.0.0.3:7000"];
    let peers = json!([["10.0.0.2", "10.0.0.2"]]);
    let body = streaming(&["a"], &["Repair"], &peers, &["a"]);
    let work = work_of(&body, &known).unwrap();
    assert_eq!(work.streams[0].peers, nodes(&known[..2]));
}

#[test]
fn a_built_in_scheduler_says_whether_it_is_on() {
    for (is_disabled, is_on) in [(true, false), (false, true)] {
        let mut items: Vec<Value> = serde_json::from_str(include_str!("fixtures/idle-5.0.5.json")).unwrap();
        items[5] = json!({"status": 200, "value": {"AutoRepairDisabled": is_disabled}});
        let work = work_of(&Value::from(items).to_string(), &[]).unwrap();
        assert_eq!(work.auto_repair, Some(is_on));
    }
}

#[test]
fn answers_of_other_types_give_one_clear_error() {
    for (at, value) in [
        (0, json!("Compaction")),
        (0, json!([7])),
        (2, json!({"a": "Repair"})),
        (3, json!(["10.0.0.2"])),
        (3, json!([["nowhere"]])),
        (5, json!({"AutoRepairDisabled": "no"})),
    ] {
        let mut items: Vec<Value> = serde_json::from_str(include_str!("fixtures/idle-5.0.5.json")).unwrap();
        items[at] = json!({"status": 200, "value": value});
        let error = work_of(&Value::from(items).to_string(), &[]).unwrap_err();
        assert_eq!(error.kind, ringkeeper_cluster::NodeErrorKind::Nonsense, "{error}");
    }
}
