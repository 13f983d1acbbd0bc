//! Host and agents parted in the middle of a restart: each goes on alone, and finds together when it can.

use std::time::Duration;

use ringkeeper_lab::{Uplink, wait_until};
use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_suite::DEADLINE;

use super::restarted::{Came, Restart};
use super::scene::Scene;

/// Longer than the host waits for an answer of an agent, so that it asks again.
const CUT: Duration = Duration::from_secs(35);

pub(super) fn in_the_middle_of_a_restart(scene: &mut Scene) {
    if scene.uplink.is_none() {
        println!("skipped: nothing parts host and agents that are in one network");
        return;
    }
    let addresses = scene.addresses();
    // It asks until it is told how the order ended.
    scene.limit_orders("90s");
    while_it_is_taken_away(scene, &addresses[0]);
    // It has given the order up by then, and looks.
    scene.limit_orders("20s");
    while_it_is_brought_back(scene, &addresses[1]);
}

fn while_it_is_taken_away(scene: &Scene, node: &str) {
    let restart = scene.restart_of(node);
    scene.wait_for_order(&restart, "Stop");
    let uplink = cut(scene);
    // The agent has done what it was told; without its host it does no more.
    assert!(!scene.node(node).is_running());
    uplink.mend().unwrap();
    once_each(scene, &restart, "parted while a node is taken away");
}

fn while_it_is_brought_back(scene: &Scene, node: &str) {
    let its = scene.node(node);
    its.hang_starts(true).unwrap();
    let restart = scene.restart_of(node);
    scene.wait_for_order(&restart, "Start");
    // It goes on once they are parted.
    let uplink = cut_and(scene, || its.hang_starts(false).unwrap());
    assert!(its.is_running());
    uplink.mend().unwrap();
    once_each(scene, &restart, "parted while a node is brought back");
}

fn cut(scene: &Scene) -> &Uplink {
    cut_and(scene, || {})
}

/// Parts them, and does something then, for longer than the host has patience and until it has lost every node.
fn cut_and(scene: &Scene, then: impl FnOnce()) -> &Uplink {
    let uplink = scene.uplink.as_ref().unwrap();
    uplink.cut().unwrap();
    then();
    let began = SystemClock.monotonic();
    wait_until(
        "the host having lost every node and its patience",
        DEADLINE,
        || {
            let is_long = SystemClock.monotonic() - began >= CUT;
            let nodes = scene.product.values(&["nodes"])?;
            Ok((is_long && nodes.iter().all(|node| node["answers"] == false)).then_some(()))
        },
    )
    .unwrap();
    uplink
}

fn once_each(scene: &Scene, restart: &Restart, what: &str) {
    let began = SystemClock.monotonic();
    let Came { run, deeds, starts } = scene.came_of(restart);
    println!(
        "{what}: {} {:?} after they found together: {}",
        run.run.state,
        SystemClock.monotonic() - began,
        run.run.summary
    );
    assert_eq!(
        (deeds, starts),
        (vec!["Stop".to_owned(), "Start".to_owned()], 1),
        "{run:#?}"
    );
    assert!(
        ["Succeeded", "Failed"].contains(&run.run.state.as_str()),
        "{run:#?}"
    );
    assert!(!run.run.summary.is_empty(), "{run:#?}");
}
