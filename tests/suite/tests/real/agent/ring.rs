//! A ring whose nodes have no Jolokia, reached by the agents beside them: watched, restarted node by node, and brought back
//! whoever is killed or cut off meanwhile.

mod killed;
mod parted;
mod restarted;
mod scene;
mod tools;

use ringkeeper_lab::wait_until;
use ringkeeper_suite::DEADLINE;

pub(super) use scene::Scene;

#[test]
fn a_ring_without_jolokia_is_watched_and_restarted_by_agents() {
    let _turn = crate::turn::take();
    let mut scene = Scene::start("3m");
    scene.every_node_answers();
    scene.tools_are_run();
    scene.every_node_answers();
    let before = scene.product.processes().unwrap();

    let run = scene.restart();
    // In the middle of taking the first node away and bringing it back, all who know of it are killed.
    scene.wait_for_job(&run, "stop");
    let node = scene.down();
    scene.kill_agent(&node);
    scene.kill_host();
    scene.run_agent(&node);
    scene.serve();
    scene.wait_for_job(&run, "start");
    for address in scene.addresses() {
        scene.kill_agent(&address);
        scene.run_agent(&address);
    }
    let ended = scene.end(&run);
    assert_eq!(ended.run.state, "Succeeded", "{ended:#?}");
    scene.every_node_answers();
    let after = scene.product.processes().unwrap();
    for (node, started) in &before {
        assert_ne!(after.get(node), Some(started), "{node} was not restarted");
    }

    // Who is revoked is not asked any more, and says so.
    let last = scene.addresses().pop().unwrap();
    scene
        .product
        .values(&["agents", "revoke", &last, "--reason", "sold"])
        .unwrap();
    wait_until("the revoked agent being asked no more", DEADLINE, || {
        let nodes = scene.product.values(&["nodes"])?;
        let silent = nodes.iter().find(|node| node["answers"] == false);
        Ok(silent
            .filter(|node| node["address"].to_string().contains(&last))
            .cloned())
    })
    .unwrap();
}

#[test]
fn a_restart_ends_well_whoever_is_killed_or_cut_off_meanwhile() {
    let _turn = crate::turn::take();
    let mut scene = Scene::start("20s");
    killed::each_alone_and_all_together(&mut scene);
    parted::in_the_middle_of_a_restart(&mut scene);
}
