//! Repairs that others do.

use ringkeeper_api::CoverageRow;

use super::scene::Scene;

pub(super) fn a_repair_by_nodetool_counts_as_anothers(scene: &Scene) {
    scene.client().create("archive", 3, &["old"]).unwrap();
    scene
        .lab
        .nodetool(&scene.nodes()[0], &["repair", "-full", "archive"])
        .unwrap();
    ringkeeper_lab::wait_until("the repair by nodetool", ringkeeper_suite::DEADLINE, || {
        let rows: Vec<CoverageRow> = scene.told(&["repairs", "coverage", "--keyspace", "archive"]);
        let covered = rows.first().filter(|row| row.covered_percent >= 100.0);
        Ok(covered.map(|row| assert_eq!(row.repaired_by, ["other"])))
    })
    .unwrap();
}
