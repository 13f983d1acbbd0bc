use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn ago(minutes: u64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() - i64::try_from(minutes * 60_000).unwrap())
}

fn ended(began: u64, ended: u64) -> (Timestamp, Option<Timestamp>) {
    (ago(began), Some(ago(ended)))
}

fn mitigation(finding: &str) -> MitigationParts {
    MitigationParts {
        finding: finding.to_owned(),
        operation: "mitigation.start".to_owned(),
        parameters: Map::from_iter([("wait_seconds".to_owned(), Json::from(120))]),
    }
}

fn finding(key: &str, subject: Subject) -> Finding {
    Finding {
        subject,
        ..host_finding(key.to_owned(), String::new(), String::new(), "")
    }
}

#[test]
fn what_was_never_tried_or_long_ago_begins_at_once() {
    assert_eq!(next(&[], NOW), Next::Begin);
    assert_eq!(
        next(&[ended(361, 360), ended(361, 360), ended(361, 360)], NOW),
        Next::Begin
    );
}

#[test]
fn what_goes_on_is_waited_for_however_long() {
    assert_eq!(next(&[(ago(1), None)], NOW), Next::Wait);
    assert_eq!(next(&[(ago(10_000), None)], NOW), Next::Wait);
}

#[test]
fn tries_are_further_apart_each_time_and_end() {
    assert_eq!(next(&[(ago(1), Some(NOW))], NOW), Next::Wait);
    assert_eq!(next(&[ended(2, 1)], NOW), Next::Begin);
    assert_eq!(next(&[ended(9, 8), ended(5, 4)], NOW), Next::Wait);
    assert_eq!(next(&[ended(9, 8), ended(6, 5)], NOW), Next::Begin);
    let three = [ended(50, 49), ended(40, 39), ended(30, 29)];
    assert_eq!(next(&three, NOW), Next::GivenUp(ago(50).after(WITHIN)));
    // One of them is too long ago to count.
    assert_eq!(
        next(&[ended(400, 399), ended(40, 39), ended(30, 29)], NOW),
        Next::Begin
    );
}

#[test]
fn a_finding_is_named_by_its_key_or_the_word_it_begins_with() {
    let open = finding("node-down/10.0.0.1:7000", Subject::Cluster);
    for (name, is_meant) in [
        ("node-down", true),
        ("node-down/10.0.0.1:7000", true),
        ("node-down/10.0.0.1", false),
        ("node", false),
        ("node-do", false),
    ] {
        assert_eq!(mitigation(name).is_about(&open), is_meant, "{name}");
    }
}

#[test]
fn an_operation_is_told_the_node_that_a_finding_is_about() {
    let id: ringkeeper_cluster::NodeId = "00000001-0000-4000-8000-000000000000".parse().unwrap();
    let about_a_node = finding("node-down/a", Subject::Node { id });
    assert_eq!(
        mitigation("node-down").parameters(&about_a_node),
        serde_json::json!({"wait_seconds": 120, "nodes": [id.to_string()]})
    );
    let about_all = finding("node-down/a", Subject::Cluster);
    assert_eq!(
        mitigation("node-down").parameters(&about_all),
        serde_json::json!({"wait_seconds": 120})
    );
}
