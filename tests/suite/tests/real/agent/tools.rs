//! Cassandra's own tools: what the catalogue says of them is what they say of themselves, and the agent runs them.

mod changing;
mod files;
mod help;
mod looking;
mod scene;

use ringkeeper_lab::{Lab, LabSettings};

use scene::Scene;

#[test]
fn tools_run_on_cassandra_5_0() {
    every_tool_runs("5.0.5");
}

#[test]
fn tools_run_on_cassandra_4_1() {
    every_tool_runs("4.1.9");
}

fn every_tool_runs(version: &str) {
    let _turn = crate::turn::take();
    let lab = Lab::start(LabSettings {
        version: version.parse().unwrap(),
        data_centres: vec![("dc1".to_owned(), 1)],
        ..LabSettings::default()
    })
    .unwrap();
    let scene = Scene::on(&lab);
    super::runtime().block_on(async {
        scene.fill().await;
        looking::every_tool_that_only_looks_answers(&scene).await;
        looking::nodetool_says_what_jmx_says(&scene).await;
        changing::what_can_destroy_is_only_shown_unless_meant(&scene).await;
        changing::settings_are_set(&scene).await;
        changing::nobody_waits_for_a_tool_that_does_not_end(&scene).await;
        files::sstables_are_read_beside_the_running_node(&scene).await;
        files::a_dry_run_works_on_a_copy(&scene).await;
        files::what_needs_a_stopped_node_waits_for_it(&scene).await;
        files::the_node_starts_again_with_every_row(&scene).await;
    });
}
