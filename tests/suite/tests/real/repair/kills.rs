//! The host, or the node that leads a repair, is killed in the middle of it.

use ringkeeper_journal::EffectResult;
use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_suite::DEADLINE;

use super::journal;
use super::scene::Scene;
use super::storm::KEYSPACE;

pub(super) fn a_killed_host_resumes_its_run_and_repeats_nothing(scene: &mut Scene) {
    let run = scene.repair(KEYSPACE);
    let follow = ["runs", "follow", &run.id, "--format", "json"];
    let follower = scene.product.begin(&follow).unwrap();
    follower.wait_until_it_prints().unwrap();
    scene.wait_until_repairing(&run.id);
    scene.kill_the_host();
    let killed_at = SystemClock.now();
    scene.serve();
    scene.wait_until_succeeded(&run.id);

    let repairs = journal::repairs(scene, &run.id);
    let cut = |repair: &&journal::Repair| repair.intended_at < killed_at && repair.ended_at > killed_at;
    assert_eq!(
        repairs.iter().filter(cut).count(),
        1,
        "killed within a repair: {repairs:#?}"
    );
    journal::was_carried_out_once(scene, &run.id, KEYSPACE);
    let followed = follower.end().unwrap();
    assert_eq!(followed.code, 0, "{}{}", followed.stdout, followed.stderr);
}

pub(super) fn a_repair_whose_coordinator_was_killed_is_done_again(scene: &Scene) {
    let run = scene.repair(KEYSPACE);
    let coordinator = scene.node(scene.wait_until_repairing(&run.id));
    coordinator.kill();
    coordinator.start().unwrap();
    coordinator.wait_until_ready(DEADLINE).unwrap();
    scene.wait_until_succeeded(&run.id);

    let repairs = journal::repairs(scene, &run.id);
    journal::none_overlap(&repairs);
    assert!(
        matches!(repairs[0].result, EffectResult::Lost { .. }),
        "{repairs:#?}"
    );
    assert!(repairs.len() > 1, "{repairs:#?}");
}
