use ringkeeper_plan::{Evidence, Severity};

use super::*;

fn notice(event: u64) -> Notice {
    Notice {
        event: Version(event),
        at: Timestamp::from_millis(1_772_366_400_000),
        what: NoticeKind::FindingOpened,
        thread: format!("finding/health.check/down/{event}"),
        severity: Some(Severity::Severe),
        title: format!("Node {event} <is> down & gone."),
        evidence: vec![Evidence {
            name: "peers that see it down".to_owned(),
            value: "5".to_owned(),
            limit: Some("2".to_owned()),
        }],
        suggestion: Some("See its log.".to_owned()),
    }
}

fn message(count: u64) -> Message {
    let notices = (1..=count).map(notice).collect();
    Message::about("shop", notices, AuditHead::default()).unwrap()
}

#[test]
fn one_matter_is_the_subject_and_of_many_the_first() {
    assert_eq!(message(1).subject(), "[shop] severe: Node 1 <is> down & gone.");
    assert_eq!(
        message(200).subject(),
        "[shop] severe: Node 1 <is> down & gone. (and 199 more)"
    );
}

#[test]
fn of_a_storm_the_first_are_spelled_out_and_the_others_counted() {
    let storm = message(200);
    assert_eq!((storm.notices.len(), storm.left_out), (50, 150));
    assert_eq!(storm.id.0, "shop-1-200-1772366400000");
    assert!(storm.text().contains("And 150 more"));
}

#[test]
fn a_text_says_what_is_wrong_with_its_facts_and_what_to_do() {
    let text = message(1).text();
    for part in [
        "severe: Node 1 <is> down & gone.",
        "peers that see it down: 5 (limit 2)",
        "See its log.",
        "Head of the audit log: record 0",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_a_cluster_says_is_no_markup() {
    let html = message(1).html();
    assert!(
        html.contains("Node 1 &lt;is&gt; down &amp; gone.") && !html.contains("<is>"),
        "{html}"
    );
}

#[test]
fn nothing_to_tell_is_no_message() {
    assert_eq!(Message::about("shop", Vec::new(), AuditHead::default()), None);
}
