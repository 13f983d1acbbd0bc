use insta::assert_snapshot;
use ringkeeper_seams::Timestamp;

use super::*;
use crate::render::samples::screen;

fn intended() -> AuditRow {
    AuditRow {
        number: 4_711,
        at: Timestamp::from_millis(1_772_366_400_000),
        cluster: "shop".to_owned(),
        what: "intended".to_owned(),
        run: Some("shop-812".to_owned()),
        step: Some("orders-3".to_owned()),
        attempt: Some(1),
        effect: Some("shop-812/3".to_owned()),
        call: Some("repair of shop (orders), 5 ranges".to_owned()),
        call_digest: Some("8277e0910d75".repeat(5)),
        node: Some("10.0.0.1:7000".to_owned()),
        nodes: Vec::new(),
        plugin: Some("repair".to_owned()),
        plugin_digest: Some("b1946ac92492".repeat(5)),
        plugin_version: Some("0.1.0".to_owned()),
        signer: None,
        grants_digest: Some("aa".repeat(32)),
        asked_by: None,
        approved_by: Some("policy".to_owned()),
        plan: None,
        detail: String::new(),
        hash: "5d".repeat(32),
    }
}

fn refused() -> AuditRow {
    AuditRow {
        number: 4_712,
        what: "refused".to_owned(),
        call: None,
        node: None,
        detail: "`repair.start` would touch a node that the step does not hold".to_owned(),
        ..intended()
    }
}

#[test]
fn records_are_listed() {
    assert_snapshot!(list(&[intended(), refused()], &screen(200)));
}

#[test]
fn no_line_of_a_list_of_records_is_wider_than_the_terminal() {
    for width in [80, 100, 120] {
        let text = list(&[intended(), refused()], &screen(width));
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} columns of {width}\n{text}");
    }
}

fn whole() -> AuditVerdict {
    AuditVerdict {
        first: 1,
        records: 4_711,
        last: 4_711,
        head: "5d".repeat(32),
        head_of: None,
        problem: None,
    }
}

#[test]
fn how_a_check_ended_is_said() {
    let older = AuditVerdict {
        head_of: Some(4_700),
        ..whole()
    };
    let broken = AuditVerdict {
        records: 4,
        last: 4,
        problem: Some("record 5 was changed, or what stood before it: its hash does not fit".to_owned()),
        ..whole()
    };
    let texts = [whole(), older, broken].map(|verdict| super::verdict(&verdict, &screen(100)));
    assert_snapshot!(texts.join("---\n"));
}
