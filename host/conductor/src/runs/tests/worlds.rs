//! When plans are compared with the world anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringkeeper_cluster::{KeyspaceView, NodeId, NodeView, Snapshot, TableName};
use ringkeeper_journal::RunId;
use ringkeeper_plan::{Goal, Impact, Step};
use ringkeeper_ring::{Replication, Token};

use super::super::basis::{basis, same_world};
use super::support::{scene, step};

/// Something that another look may see.
type Change = (&'static str, fn(&mut Snapshot));

fn first(snapshot: &mut Snapshot) -> &mut NodeView {
    snapshot.nodes.values_mut().next().unwrap()
}

fn orders(snapshot: &mut Snapshot) -> &mut KeyspaceView {
    Arc::make_mut(&mut snapshot.keyspaces).get_mut("orders").unwrap()
}

const MATTERS: [Change; 7] = [
    ("a node is gone", |snapshot| {
        snapshot.nodes.pop_last();
    }),
    ("a rack", |snapshot| first(snapshot).rack = "rack9".to_owned()),
    ("a data centre", |snapshot| {
        first(snapshot).data_centre = "dc9".to_owned();
    }),
    ("tokens", |snapshot| first(snapshot).tokens.push(Token::new(1))),
    ("a release", |snapshot| {
        first(snapshot).release_version = Some("5.0.9".to_owned());
    }),
    ("replication", |snapshot| {
        orders(snapshot).keyspace.replication = Replication::NetworkTopology(BTreeMap::new());
    }),
    ("a table", |snapshot| {
        orders(snapshot).keyspace.tables.clear();
    }),
];

const DOES_NOT: [Change; 3] = [
    ("a sweep", |snapshot| snapshot.sweep += 1),
    ("what a node is at", |snapshot| {
        first(snapshot).schema_version = None;
        first(snapshot).load_bytes = Some(7);
    }),
    ("another copy of the keyspaces", |snapshot| {
        snapshot.keyspaces = Arc::new((*snapshot.keyspaces).clone());
    }),
];

#[tokio::test(start_paused = true)]
async fn a_plan_is_compared_where_anything_its_basis_is_made_of_is_another() {
    let scene = scene().await;
    let seen = scene.watched.snapshot().unwrap();
    let nodes: Vec<NodeId> = seen.nodes.keys().copied().collect();
    let away = Step {
        impact: Impact::Disrupt,
        ..step("away", &nodes)
    };
    let goal = Goal::Repaired {
        table: TableName {
            keyspace: "orders".to_owned(),
            table: "lines".to_owned(),
        },
        data_centres: Vec::new(),
        since: None,
    };
    let of = |snapshot: &Snapshot| basis(snapshot, std::slice::from_ref(&goal), [&away]);
    let run = RunId("shop-1".to_owned());
    let compares = |snapshot: &Arc<Snapshot>, is_judged| {
        let world = scene.watched.world(snapshot);
        scene.watched.may_compare(&run, world, is_judged)
    };
    assert!(compares(&seen, false), "never compared");
    assert!(compares(&seen, true), "a person looks at it now");
    for (what, change) in DOES_NOT {
        let mut other = (*seen).clone();
        change(&mut other);
        let other = Arc::new(other);
        assert_eq!(of(&other), of(&seen), "{what}");
        assert!(same_world(&seen, &other), "{what}");
        assert!(!compares(&other, true), "{what}");
    }
    for (what, change) in MATTERS {
        let mut other = (*seen).clone();
        change(&mut other);
        let other = Arc::new(other);
        assert_ne!(of(&other), of(&seen), "{what}");
        assert!(!same_world(&seen, &other), "{what}");
        assert!(compares(&other, true), "{what}");
        assert!(compares(&seen, true), "{what}, and back");
    }
    scene.watched.replanned(&run);
    assert!(compares(&seen, true), "a new plan");
}
