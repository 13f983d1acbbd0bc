use ringkeeper_cluster::{ConsistencyLevel, Membership, Stream};

use ringkeeper_plan::Impact;

use crate::testing::{Ring, id, proposal, simple, texts, topology};
use crate::{Rule, WorkKind};

/// Nodes 1 to 3 in dc1, 4 and 5 in dc2; `shop` is in both, each node having every range.
fn ring() -> Ring {
    apart().keyspace("shop", topology(&[("dc1", 3), ("dc2", 2)]), ConsistencyLevel::One)
}

/// The same without a keyspace in both.
fn apart() -> Ring {
    Ring::of(&[
        ("dc1", "r1"),
        ("dc1", "r1"),
        ("dc1", "r1"),
        ("dc2", "r1"),
        ("dc2", "r1"),
    ])
}

fn stream(ring: Ring, on: u128, operation: &str, with: u128) -> Ring {
    let peer = ring.snapshot.nodes[&id(with)].endpoint;
    ring.change(on, |node| {
        node.work.streams.push(Stream {
            operation: operation.to_owned(),
            peers: [peer].into(),
        });
    })
}

fn blocks(ring: &Ring, nodes: &[u128]) -> Vec<String> {
    texts(&ring.disrupt(nodes), Rule::Topology)
}

#[test]
fn refuses_to_disrupt_where_a_node_joins_leaves_or_moves() {
    for membership in [Membership::Joining, Membership::Leaving, Membership::Moving] {
        let moving = |ring: Ring| ring.change(5, |node| node.membership = membership);
        let word = membership.name().to_lowercase();
        assert_eq!(
            blocks(&moving(ring()), &[1]),
            [format!(
                "10.0.0.5: membership {word} in data centre dc2 since 2026-03-01T10:59:59.000Z; lifted when it is a normal member, or is gone from the ring"
            )]
        );
        // Without shared ranges it concerns its own data centre alone, and itself.
        assert!(blocks(&moving(apart()), &[1]).is_empty());
        assert_eq!(blocks(&moving(apart()), &[4]).len(), 1);
        assert_eq!(blocks(&moving(apart()), &[5]).len(), 1);
    }
}

#[test]
fn a_node_that_joins_concerns_everybody_where_data_centres_do_not_matter() {
    let joining = |ring: Ring| {
        ring.change(5, |node| {
            node.membership = Membership::Joining;
            node.tokens.clear();
        })
    };
    assert!(blocks(&joining(apart()), &[1]).is_empty());
    let simple = apart().keyspace("old", simple(1), ConsistencyLevel::One);
    assert_eq!(blocks(&joining(simple), &[1]).len(), 1);
}

#[test]
fn a_member_that_starts_again_does_not_join() {
    let starting = apart().change(2, |node| {
        node.membership = Membership::Joining;
        node.operation_mode = Some("STARTING".to_owned());
    });
    assert!(blocks(&starting, &[2]).is_empty());
}

#[test]
fn streams_of_a_changing_ring_concern_their_data_centres_and_others_their_nodes() {
    for (operation, on, with, target, is_blocked) in [
        ("Bootstrap", 2, 3, 1, true),
        ("Rebuild", 4, 2, 1, true),
        ("Unbootstrap", 4, 5, 1, false),
        ("Relocation", 4, 5, 5, true),
        ("Repair", 2, 3, 1, false),
        ("Repair", 2, 3, 2, true),
        ("Repair", 2, 3, 3, true),
        ("Hints", 2, 1, 1, true),
        ("Hints", 2, 3, 1, false),
    ] {
        let ring = stream(apart(), on, operation, with);
        assert_eq!(
            !blocks(&ring, &[target]).is_empty(),
            is_blocked,
            "{operation} {on} {with} {target}"
        );
    }
    let text = blocks(&stream(apart(), 2, "Hints", 1), &[1]).join("\n");
    assert!(
        text.starts_with("10.0.0.2: streams of Hints with 10.0.0.1; lifted when"),
        "{text}"
    );
}

#[test]
fn live_nodes_must_have_one_schema_and_silent_ones_are_named() {
    let differs = |ring: Ring| ring.change(2, |node| node.schema_version = Some("s2".to_owned()));
    assert!(blocks(&apart().silent(2), &[1]).is_empty());
    let [text] = &blocks(&differs(apart()).down(5), &[1])[..] else {
        panic!("admitted")
    };
    assert!(
        text.starts_with("schema: versions 2: s1 on 10.0.0.1, 10.0.0.3, 10.0.0.4; s2 on 10.0.0.2 (limit 1)"),
        "{text}"
    );
    assert!(
        text.ends_with("not counted, as they do not answer: 10.0.0.5"),
        "{text}"
    );
    assert!(differs(apart()).work(WorkKind::Repair, &[1]).is_admitted());
}

#[test]
fn a_node_that_is_no_member_cannot_be_judged() {
    assert_eq!(blocks(&apart(), &[9]).len(), 1);
}

/// As after a host's start, when nobody has answered: what was planned before names nodes that it does not know yet.
#[test]
fn nothing_is_changed_on_a_node_that_nobody_knows() {
    let repair = |ring: &Ring| {
        let proposal = proposal(Impact::Change, WorkKind::Repair, &[1, 9]);
        texts(&ring.ask(&proposal), Rule::Topology)
    };
    let unknown = |number, why: &str| {
        format!(
            "{}: membership unknown: {why}; lifted when the ring has this node",
            id(number)
        )
    };
    assert_eq!(repair(&ring()), [unknown(9, "no member of this ring")]);
    let mut silent = ring();
    silent.snapshot.nodes.clear();
    let nobody = "no node has answered this host yet";
    assert_eq!(repair(&silent), [unknown(1, nobody), unknown(9, nobody)]);
    let look = proposal(Impact::Observe, WorkKind::Observe, &[9]);
    assert!(texts(&silent.ask(&look), Rule::Topology).is_empty());
}
