//! The plain story: a node missed rows, a repair is run, it has them.

use ringkeeper_api::{CoverageRow, RunSummary};

use super::data::{every_replica_alone_gives, ids, write_without};
use super::journal;
use super::scene::Scene;

const KEYSPACE: &str = "orders";

pub(super) fn rows_that_a_node_missed_come_back(scene: &Scene) {
    let names = ["lines", "prices", "notes"];
    let client = scene.client();
    client.create(KEYSPACE, 3, &names).unwrap();
    let tables = names.map(|name| format!("{KEYSPACE}.{name}"));
    for table in &tables {
        client.write(table, 0..200).unwrap();
    }
    drop(client);
    write_without(scene, &scene.nodes()[2], &tables, 200..300);
    for row in coverage(scene) {
        assert_eq!((row.covered_percent, row.repaired_by.len()), (0.0, 0), "{row:?}");
    }

    let ran = scene
        .product
        .run(&["run", "repair.full", "-p", "keyspaces=[\"orders\"]", "--follow"])
        .unwrap();
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    println!("{}", ran.stdout);
    let newest: RunSummary = scene.told(&["runs", "list"]).remove(0);
    let run = scene.wait_until_succeeded(&newest.id);
    assert_eq!(run.goals.len(), tables.len(), "{run:#?}");
    assert!(
        run.goals.iter().all(|goal| goal.percent == Some(100.0)),
        "{run:#?}"
    );
    assert_eq!((run.in_doubt, run.repeated), (0, 0));

    every_replica_alone_gives(scene, &ids(&tables, 0..300));
    journal::was_carried_out_once(scene, &newest.id, KEYSPACE);
    let covered = coverage(scene);
    assert_eq!(covered.len(), tables.len());
    for row in covered {
        assert_eq!(
            (row.covered_percent, &row.repaired_by[..]),
            (100.0, &["ringkeeper".to_owned()][..]),
            "{row:?}"
        );
    }
}

fn coverage(scene: &Scene) -> Vec<CoverageRow> {
    scene.told(&["repairs", "coverage", "--keyspace", KEYSPACE])
}
