//! Merging token metadata and gossip.

use std::sync::Arc;

use ringkeeper_seams::SystemClock;
use serde_json::json;

use super::*;
use crate::JolokiaAccess;
use crate::jolokia::tests::agent::{Agent, http};

const FIRST: &str = "00000000-0000-0000-0000-000000000001";
const SECOND: &str = "00000000-0000-0000-0000-000000000002";
const THIRD: &str = "00000000-0000-0000-0000-000000000003";

/// A whole answer to the first request.
fn ring(gossip: &str, host_ids: &Value, tokens: &Value, joining: &Value) -> String {
    let release =
        json!({"ReleaseVersion": "5.0.5", "PartitionerName": "org.apache.cassandra.dht.Murmur3Partitioner"});
    let metadata = json!({
        "EndpointWithPortToHostId": host_ids,
        "TokenToEndpointWithPortMap": tokens,
        "JoiningNodesWithPort": joining,
    });
    items(&[release, json!({"AllEndpointStatesWithPort": gossip}), metadata])
}

fn items(values: &[Value]) -> String {
    let items: Vec<Value> = values
        .iter()
        .map(|value| json!({"status": 200, "value": value}))
        .collect();
    json!(items).to_string()
}

/// What comes of the first request alone.
fn report(gossip: &str, host_ids: &Value, tokens: &Value, joining: &Value) -> TopologyReport {
    let body = ring(gossip, host_ids, tokens, joining);
    let answers = Answers::read("node".to_owned(), 3, body.as_bytes()).unwrap();
    Ring::read(answers).unwrap().into_report()
}

/// What comes of several requests, answered in turn.
async fn asked(bodies: &[String]) -> TopologyReport {
    let answers = bodies.iter().map(|body| http("200 OK", body)).collect();
    let agent = Agent::answering_in_turn(answers).await;
    let url = format!("http://{{address}}:{}/", agent.port());
    let jolokia = Jolokia::new(
        JolokiaAccess {
            url,
            ..JolokiaAccess::default()
        },
        Arc::new(SystemClock),
    )
    .unwrap();
    ask(&jolokia, "127.0.0.1:7000".parse().unwrap()).await.unwrap()
}

fn state(address: &str, host_id: &str, status: &str) -> String {
    format!(
        "/{address}\n  generation:1\n  DC:1:dc1\n  RACK:1:r1\n  HOST_ID:1:{host_id}\n  STATUS_WITH_PORT:1:{status}\n"
    )
}

fn members(report: &TopologyReport) -> Vec<String> {
    let tokens = |member: &TopologyMember| {
        member
            .tokens
            .iter()
            .map(|token| token.value())
            .collect::<Vec<_>>()
    };
    report
        .members
        .values()
        .map(|member| format!("{} {:?}", member.endpoint, tokens(member)))
        .collect()
}

#[test]
fn members_have_their_tokens_in_order() {
    let gossip = state("10.0.0.1:7000", FIRST, "NORMAL,-5") + &state("10.0.0.2:7000", SECOND, "NORMAL,9");
    let host_ids = json!({"10.0.0.1:7000": FIRST, "10.0.0.2:7000": SECOND});
    let tokens = json!({"7": "10.0.0.1:7000", "-5": "10.0.0.1:7000", "9": "10.0.0.2:7000"});
    let report = report(&gossip, &host_ids, &tokens, &json!([]));
    assert_eq!(members(&report), ["10.0.0.1:7000 [-5, 7]", "10.0.0.2:7000 [9]"]);
}

#[test]
fn a_joining_node_is_a_member_without_tokens() {
    let gossip = state("10.0.0.1:7000", FIRST, "NORMAL,1") + &state("10.0.0.2:7000", SECOND, "BOOT,2");
    let host_ids = json!({"10.0.0.1:7000": FIRST, "10.0.0.2:7000": SECOND});
    let tokens = json!({"1": "10.0.0.1:7000", "2": "10.0.0.2:7000"});
    let report = report(&gossip, &host_ids, &tokens, &json!(["10.0.0.2:7000"]));
    assert_eq!(members(&report), ["10.0.0.1:7000 [1]", "10.0.0.2:7000 []"]);
}

#[test]
fn a_node_that_only_gossip_knows_is_a_member_unless_it_has_left() {
    let gossip = state("10.0.0.1:7000", FIRST, "NORMAL,1")
        + &state("10.0.0.2:7000", SECOND, "hibernate,true")
        + &state("10.0.0.3:7000", THIRD, "LEFT,3,1795423654000");
    let report = report(
        &gossip,
        &json!({"10.0.0.1:7000": FIRST}),
        &json!({"1": "10.0.0.1:7000"}),
        &json!([]),
    );
    assert_eq!(members(&report), ["10.0.0.1:7000 [1]", "10.0.0.2:7000 []"]);
}

#[test]
fn a_node_that_changed_its_address_is_where_it_is_now() {
    let gossip = state("10.0.0.9:7000", FIRST, "shutdown,true") + &state("10.0.0.1:7000", FIRST, "NORMAL,1");
    let report = report(
        &gossip,
        &json!({"10.0.0.1:7000": FIRST}),
        &json!({"1": "10.0.0.1:7000"}),
        &json!([]),
    );
    assert_eq!(members(&report), ["10.0.0.1:7000 [1]"]);
}

#[tokio::test]
async fn a_replaced_node_keeps_its_tokens_until_the_other_has_joined() {
    let gossip = state("10.0.0.1:7000", FIRST, "NORMAL,1")
        + &state("10.0.0.2:7000", SECOND, "NORMAL,2")
        + &state("10.0.0.3:7000", THIRD, "BOOT_REPLACE,10.0.0.2:7000");
    let host_ids = json!({"10.0.0.1:7000": FIRST, "10.0.0.2:7000": SECOND, "10.0.0.3:7000": THIRD});
    // As recorded: the map already names the newcomer.
    let tokens = json!({"1": "10.0.0.1:7000", "2": "10.0.0.3:7000"});
    let first = ring(&gossip, &host_ids, &tokens, &json!(["10.0.0.3:7000"]));
    let settled = items(&[json!(["1"]), json!(["2"])]);
    let report = asked(&[first, settled]).await;
    assert_eq!(
        members(&report),
        ["10.0.0.1:7000 [1]", "10.0.0.2:7000 [2]", "10.0.0.3:7000 []"]
    );
}

#[tokio::test]
async fn a_member_that_gossip_has_forgotten_has_its_place_from_the_snitch() {
    let forgotten = "/10.0.0.2:7000\n  generation:0\n  heartbeat:-1\n  TOKENS: not present\n";
    let gossip = state("10.0.0.1:7000", FIRST, "NORMAL,1") + forgotten;
    let host_ids = json!({"10.0.0.1:7000": FIRST, "10.0.0.2:7000": SECOND});
    let tokens = json!({"1": "10.0.0.1:7000", "2": "10.0.0.2:7000"});
    let first = ring(&gossip, &host_ids, &tokens, &json!([]));
    let report = asked(&[first, items(&[json!("dc2"), json!("r9")])]).await;
    assert_eq!(members(&report), ["10.0.0.1:7000 [1]", "10.0.0.2:7000 [2]"]);
    let member = report.members.values().last().unwrap();
    assert_eq!((member.data_centre.as_str(), member.rack.as_str()), ("dc2", "r9"));
}
