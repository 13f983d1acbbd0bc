use serde_json::{Value, json};

use super::*;

const FIRST: &str = "bd6d3969-31ea-4d82-b87f-b24326d2d84e";
const SECOND: &str = "452681a9-d6ef-469e-a4e7-11f6bfc1b1b5";
const THIRD: &str = "c274c50a-275d-4e69-bce6-98eeb204a65b";

/// The second node is up, the third is down.
fn files_of(pending: &Value, handed_over: u64) -> Result<BTreeMap<NodeId, u64>, NodeError> {
    let endpoints = json!({FIRST: "127.77.4.1:7000", SECOND: "127.77.4.2:7000", THIRD: "127.77.4.3:7000"});
    let live = json!(["127.77.4.1:7000", "127.77.4.2:7000"]);
    let peers =
        json!({"LocalHostId": FIRST, "HostIdToEndpointWithPort": endpoints, "LiveNodesWithPort": live});
    let item = |value: &Value| json!({"status": 200, "value": value});
    let body = json!([item(pending), item(&json!({"Value": handed_over})), item(&peers)]).to_string();
    files(Answers::read("node".to_owned(), 3, body.as_bytes()).unwrap())
}

fn pending(node: &str, total_files: &str) -> Value {
    let recorded = json!({"total_files": total_files, "oldest_timestamp": "1795612037612",
        "newest_timestamp": "1795612037612", "host_id": node});
    json!({"PendingHints": [recorded]})
}

fn counted(files: &[(&str, u64)]) -> BTreeMap<NodeId, u64> {
    files
        .iter()
        .map(|(node, count)| (node.parse().unwrap(), *count))
        .collect()
}

#[test]
fn files_are_counted_by_the_node_they_wait_for() {
    assert_eq!(
        files_of(&pending(SECOND, "3"), 0).unwrap(),
        counted(&[(SECOND, 3)])
    );
    assert_eq!(
        files_of(&json!({"PendingHints": []}), 0).unwrap(),
        BTreeMap::new()
    );
}

#[test]
fn a_file_that_is_handed_over_counts_for_every_other_live_node() {
    assert_eq!(
        files_of(&json!({"PendingHints": []}), 1).unwrap(),
        counted(&[(SECOND, 1)])
    );
    assert_eq!(
        files_of(&pending(SECOND, "2"), 1).unwrap(),
        counted(&[(SECOND, 3)])
    );
}

#[test]
fn a_release_that_cannot_tell_is_unsupported() {
    // As 4.0 answers.
    let lacking = r#"[{"status":404,"error":"javax.management.AttributeNotFoundException : No such attribute: PendingHints"},
            {"status":200,"value":{"Value":0}},{"status":200,"value":{}}]"#;
    let error = files(Answers::read("node".to_owned(), 3, lacking.as_bytes()).unwrap()).unwrap_err();
    assert_eq!(error.kind, NodeErrorKind::Unsupported, "{error}");
}

#[test]
fn other_answers_give_one_clear_error() {
    for answer in [
        pending(SECOND, "many"),
        pending("nobody", "1"),
        json!({"PendingHints": {"total_files": "1"}}),
        json!({"PendingHints": [SECOND]}),
    ] {
        let error = files_of(&answer, 0).unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::Nonsense, "{answer}: {error}");
    }
}
