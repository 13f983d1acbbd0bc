//! Calls and answers that get lost between the host and a node.

use std::time::Duration;

use ringkeeper_journal::EffectResult;
use ringkeeper_lab::{Ending, Fault, WireProxy, wait_until};
use ringkeeper_suite::DEADLINE;

use super::journal;
use super::scene::Scene;
use super::storm::KEYSPACE;

/// What starts a repair.
const CALL: &str = "repairAsync";
/// The least that is waited, beyond the time limit of the call, before a call counts as never carried out.
const GRACE: Duration = Duration::from_secs(60);

pub(super) fn a_repair_whose_answer_was_swallowed_is_found_and_not_doubled(scene: &Scene) {
    befalls_the_next_call(scene, Fault::SwallowAnswer(Ending::Cut));
    let run = scene.repair(KEYSPACE);
    let run = scene.wait_until_succeeded(&run.id);
    pass(scene);
    assert_eq!((run.in_doubt, run.repeated), (1, 0), "{run:#?}");

    let repairs = journal::repairs(scene, &run.run.id);
    assert!(repairs[0].in_doubt && repairs[0].taken.is_some(), "{repairs:#?}");
    journal::was_carried_out_once(scene, &run.run.id, KEYSPACE);
    assert_eq!(delivered(scene), repairs.len(), "each sent once");
}

/// `meanwhile` is done while the host waits, with the address of a node that does not lead the lost call.
pub(super) fn a_repair_that_never_arrived_is_begun_after_its_time_is_out<T>(
    scene: &Scene,
    meanwhile: impl FnOnce(&Scene, std::net::IpAddr) -> T,
) -> T {
    let before = delivered(scene);
    befalls_the_next_call(scene, Fault::DropRequest(Ending::Cut));
    let run = scene.repair(KEYSPACE);
    let lost = wait_until("the call being lost", DEADLINE, || {
        Ok(scene.proxies().iter().find(|proxy| !proxy.is_armed()))
    })
    .unwrap();
    pass(scene);
    scene.wait_within(&run.id, "the call being in doubt", |run| {
        (run.in_doubt == 1).then_some(())
    });
    let other = scene.other_than(lost.address().ip());
    let prepared = meanwhile(scene, other.address());

    let run = scene.wait_until_succeeded(&run.id);
    let repairs = journal::repairs(scene, &run.run.id);
    assert_eq!(run.in_doubt, 1, "{run:#?}");
    assert_eq!(run.repeated, repairs.len() as u64 - 1, "{run:#?}");
    journal::none_overlap(&repairs);
    assert!(
        matches!(repairs[0].result, EffectResult::NotStarted { .. }),
        "{repairs:#?}"
    );
    let waited = repairs[1].intended_at.since(repairs[0].intended_at);
    assert!(waited > GRACE, "begun again after {waited:?}");
    assert_eq!(
        delivered(scene) - before,
        repairs.len() - 1,
        "all but the lost one, each once"
    );
    let remembered = scene.history(KEYSPACE, run.run.opened_at);
    assert_eq!(remembered.len(), repairs.len() - 1, "{remembered:#?}");
    prepared
}

/// Whichever node leads it.
fn befalls_the_next_call(scene: &Scene, fault: Fault) {
    for proxy in scene.proxies() {
        proxy.on_next(CALL, fault);
    }
}

fn pass(scene: &Scene) {
    scene.proxies().iter().for_each(WireProxy::pass);
}

fn delivered(scene: &Scene) -> usize {
    scene.proxies().iter().map(|proxy| proxy.delivered(CALL)).sum()
}
