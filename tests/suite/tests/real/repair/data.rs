//! Rows that a node lacks, and who has which.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ringkeeper_lab::LabNode;
use ringkeeper_rows::Client;
use ringkeeper_suite::DEADLINE;

use super::scene::Scene;

/// The ids that a table has, by its name.
pub(super) type Ids = BTreeMap<String, BTreeSet<i32>>;

/// Every table with these ids.
pub(super) fn ids(tables: &[String], ids: Range<i32>) -> Ids {
    tables
        .iter()
        .map(|table| (table.clone(), ids.clone().collect()))
        .collect()
}

/// Has a node miss rows: it is killed, they are written to the others, it is started again. Then it alone lacks them.
pub(super) fn write_without(scene: &Scene, node: &LabNode, tables: &[String], missed: Range<i32>) {
    // What is not on disk can be gone with the process.
    scene.lab.nodetool(node, &["flush"]).unwrap();
    let before = read_alone(scene, node, tables);
    node.kill();
    let client = scene.client();
    for table in tables {
        client.write_to_majority(table, missed.clone()).unwrap();
    }
    for other in scene.nodes().iter().filter(|other| other.is_running()) {
        scene.lab.nodetool(other, &["truncatehints"]).unwrap();
    }
    node.start().unwrap();
    node.wait_until_ready(DEADLINE).unwrap();
    scene.wait_until_the_host_sees_all_up();
    assert_eq!(
        read_alone(scene, node, tables),
        before,
        "{} has rows that it must have missed",
        node.address()
    );
    for ids in before.values() {
        assert!(missed.clone().all(|id| !ids.contains(&id)), "nothing was missed");
    }
}

/// What this node gives while no other can answer.
pub(super) fn read_alone(scene: &Scene, node: &LabNode, tables: &[String]) -> Ids {
    let client = Client::of([node.cql()]).unwrap();
    let _alone = scene.lab.leave_alone(node).unwrap();
    let read = |table: &String| (table.clone(), client.read(table).unwrap());
    tables.iter().map(read).collect()
}

/// Every node, asked alone, gives exactly these rows.
pub(super) fn every_replica_alone_gives(scene: &Scene, rows: &Ids) {
    let tables: Vec<String> = rows.keys().cloned().collect();
    for node in scene.nodes() {
        let given = read_alone(scene, node, &tables);
        for (table, ids) in rows {
            let lacks = ids.difference(&given[table]).count();
            assert_eq!(lacks, 0, "{} alone lacks {lacks} rows of {table}", node.address());
        }
        assert_eq!(&given, rows, "{}", node.address());
    }
}
