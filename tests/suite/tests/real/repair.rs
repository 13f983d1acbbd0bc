//! Repair of real clusters by the shipped product: what a replica missed is there afterwards, whatever happened meanwhile.
//!
//! Its nodes have no Jolokia: the host reaches them by the agents beside them. One lab per version; its cases run in order on the same cluster. Hinted handoff is off and no table heals by being
//! read, so rows that a node missed come back by repair or not at all.

mod coverage;
mod data;
mod healing;
mod journal;
mod kills;
mod scene;
mod storm;
mod wire;

use scene::Scene;

#[test]
fn cassandra_4_0_is_healed() {
    let _turn = crate::turn::take();
    let scene = Scene::start("4.0.18");
    coverage::a_repair_by_nodetool_counts_as_anothers(&scene);
    scene.took("a repair by nodetool");
    healing::rows_that_a_node_missed_come_back(&scene);
    scene.took("healing");
}

#[test]
fn cassandra_4_1_is_healed() {
    let _turn = crate::turn::take();
    let scene = Scene::start("4.1.9");
    coverage::a_repair_by_nodetool_counts_as_anothers(&scene);
    scene.took("a repair by nodetool");
    healing::rows_that_a_node_missed_come_back(&scene);
    scene.took("healing");
}

#[test]
fn cassandra_5_0_is_healed_whatever_is_killed_or_lost() {
    let _turn = crate::turn::take();
    let mut scene = Scene::start("5.0.5");
    coverage::a_repair_by_nodetool_counts_as_anothers(&scene);
    scene.took("a repair by nodetool");
    healing::rows_that_a_node_missed_come_back(&scene);
    scene.took("healing");
    storm::make_tables(&scene);
    scene.took("making forty tables");
    kills::a_killed_host_resumes_its_run_and_repeats_nothing(&mut scene);
    scene.took("a killed host");
    kills::a_repair_whose_coordinator_was_killed_is_done_again(&scene);
    scene.took("a killed coordinator");
    scene.put_proxies_between();
    wire::a_repair_whose_answer_was_swallowed_is_found_and_not_doubled(&scene);
    scene.took("a swallowed answer");
    // The time that a lost call is waited for is used to prepare what follows.
    let missing =
        wire::a_repair_that_never_arrived_is_begun_after_its_time_is_out(&scene, storm::a_node_misses_rows);
    scene.took("a call that never arrived");
    scene.take_proxies_away();
    storm::a_run_gets_through_everything_at_once(&scene, missing);
    scene.took("everything at once");
}
