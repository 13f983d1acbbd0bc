//! `docs/safety.md` shows what each rule says, in the words it says it.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringkeeper_cluster::{Membership, Sample};
use ringkeeper_plan::Impact;
use ringkeeper_schedule::{OpenHours, Window};

use crate::testing::{Ring, id, proposal, somebody, texts};
use crate::{Approval, Foreign, ForeignKind, Proposal, Rule, Verdict, WorkKind};

/// What is asked, in a sentence, and what the guard answers.
fn example(rule: Rule) -> (&'static str, Verdict) {
    let ring = Ring::of_three();
    match rule {
        Rule::Availability => (
            "A restart of 10.0.0.1 while 10.0.0.2 is down; three replicas",
            ring.down(2).disrupt(&[1]),
        ),
        Rule::Leases => (
            "A repair of 10.0.0.1 while another run repairs it",
            ring.held(1, somebody(), WorkKind::Repair)
                .work(WorkKind::Repair, &[1]),
        ),
        Rule::OneRack => (
            "A restart of 10.0.0.1 while another run restarts 10.0.0.2, in the next rack",
            ring.held(2, somebody(), WorkKind::Disrupt).disrupt(&[1]),
        ),
        Rule::Topology => (
            "A restart of 10.0.0.1 while 10.0.0.3 joins",
            ring.change(3, |node| node.membership = Membership::Joining)
                .disrupt(&[1]),
        ),
        Rule::Windows => ("A restart of 10.0.0.1 at noon", nights(ring).disrupt(&[1])),
        Rule::Pressure => (
            "A repair of 10.0.0.1, which is behind with compactions",
            behind(ring).work(WorkKind::Repair, &[1]),
        ),
        Rule::Foreign => (
            "A repair of 10.0.0.2 while somebody repairs with nodetool",
            by_another_tool(ring).work(WorkKind::Repair, &[2]),
        ),
        Rule::Approval => (
            "A restart that a person must approve",
            ring.ask(&Proposal {
                approval: Approval::Missing {
                    hash: "9f2c…".to_owned(),
                },
                ..proposal(Impact::Disrupt, WorkKind::Disrupt, &[1])
            }),
        ),
        Rule::Releases => (
            "A repair in the middle of an upgrade",
            ring.change(3, |node| node.release_version = Some("4.1.7".to_owned()))
                .work(WorkKind::Repair, &[1]),
        ),
    }
}

fn nights(mut ring: Ring) -> Ring {
    ring.policy.windows = vec![
        OpenHours::parse(&Window {
            name: "nights".to_owned(),
            cluster: None,
            data_centres: BTreeSet::new(),
            impacts: BTreeSet::from(["disrupt".to_owned()]),
            days: BTreeSet::new(),
            from: "22:00".to_owned(),
            to: "05:00".to_owned(),
            zone: "UTC".to_owned(),
        })
        .unwrap(),
    ];
    ring
}

fn behind(mut ring: Ring) -> Ring {
    let sample = Sample::of_node("compaction.pending_tasks", 640.0);
    let now = ring.now;
    Arc::make_mut(&mut ring.snapshot.metrics).record(id(1), now, [sample]);
    ring
}

fn by_another_tool(mut ring: Ring) -> Ring {
    ring.foreign = vec![Foreign {
        node: id(1),
        kind: ForeignKind::Repair,
        what: "repair command 7".to_owned(),
        touches: [1, 2, 3].map(id).into(),
    }];
    ring
}

/// The document with the words of today between the marks of each rule.
fn with_examples(mut text: String) -> String {
    for rule in Rule::EVERY {
        let (asked, verdict) = example(rule);
        let said = texts(&verdict, rule);
        assert!(!said.is_empty(), "the example of {rule} is blocked by nothing");
        let quoted: String = said.iter().map(|text| format!("> {text}\n")).collect();
        let example = format!("{asked}:\n\n{quoted}");
        let (begin, end) = (format!("<!-- said by {rule} -->\n"), "<!-- end -->");
        let at = text
            .find(&begin)
            .unwrap_or_else(|| panic!("docs/safety.md has no mark for {rule}"));
        let from = at + begin.len();
        let to = from + text[from..].find(end).unwrap();
        text.replace_range(from..to, &example);
    }
    text
}

#[test]
fn the_document_on_safety_shows_what_each_rule_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/safety.md");
    let written = std::fs::read_to_string(&path).unwrap();
    let generated = with_examples(written.clone());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &generated).unwrap();
        return;
    }
    assert!(
        written == generated,
        "docs/safety.md is stale; run UPDATE_DOCS=1 cargo test -p ringkeeper-guard documents"
    );
}
