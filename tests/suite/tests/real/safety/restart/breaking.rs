//! A plugin that breaks, and one that loses its grant, with a node down: the host brings both back.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::ensure;
use ringkeeper_api::{RunDetail, RunSummary};
use ringkeeper_lab::{LabNode, wait_until};
use ringkeeper_suite::DEADLINE;

use super::{Scene, WITHIN};

impl Scene {
    /// Has a plugin take a node away that breaks once it is gone, and then at the beginning of every attempt.
    fn crash(&self, node: &LabNode) -> String {
        let address = format!("{}:", node.address());
        let nodes = self.product.values(&["nodes"]).unwrap();
        let id = nodes.iter().find_map(|seen| {
            let is_it = seen["address"].as_str()?.starts_with(&address);
            is_it.then(|| seen["host_id"].as_str())?
        });
        let node = format!("node={}", id.unwrap());
        let parameters = ["-p", &node, "-p", "breaks=once-it-is-gone", "-p", "by=trap"];
        let told = self
            .product
            .values(&[&["run", "crasher.restart"], &parameters[..]].concat())
            .unwrap();
        let run: RunSummary = serde_json::from_value(told[0].clone()).unwrap();
        run.id
    }

    /// Waits until a run has a node down, and answers which.
    fn wait_for_a_node_down(&self, id: &str, most_down: &AtomicUsize) -> &LabNode {
        wait_until("a node down", WITHIN, || {
            self.count_down(most_down);
            let run = self.product.shown(id)?;
            ensure!(
                run.run.ended_at.is_none(),
                "the run ended with no node down: {run:#?}"
            );
            Ok(self.lab.nodes().iter().find(|node| !node.is_running()))
        })
        .unwrap()
    }

    /// Waits until a run has brought everything back and holds no node.
    fn wait_until_undone(&self, id: &str) -> RunDetail {
        wait_until("the node brought back and let go of", DEADLINE, || {
            let run = self.product.shown(id)?;
            let is_undone = run.undos.iter().all(|undo| undo.state == "done");
            let leases = self.product.values(&["leases", "list"])?;
            let holds = leases.iter().any(|lease| lease["run"] == id);
            Ok((is_undone && !holds).then_some(run))
        })
        .unwrap_or_else(|error| panic!("{error}: {:#?}", self.product.shown(id)))
    }

    fn is_found(&self, key: &str) {
        wait_until(key, DEADLINE, || {
            let findings = self.product.values(&["findings"])?;
            Ok(findings
                .iter()
                .any(|open| open["finding"]["key"] == key)
                .then_some(()))
        })
        .unwrap();
    }
}

/// The first plugin breaks three times; between its attempts the second one restarts the ring, and the host is killed and
/// comes back without the grant that it needs for that.
pub(super) fn the_node_is_back_when_its_plugin_breaks_or_loses_its_grant(scene: &mut Scene) {
    scene.wait_until_all_up();
    let most_down = AtomicUsize::new(0);
    let load = scene.under_load();

    let crashing = scene.crash(&scene.lab.nodes()[1]);
    let down = scene.wait_for_a_node_down(&crashing, &most_down);
    assert_eq!(down.address(), scene.lab.nodes()[1].address());
    let run = wait_until("the first crash", WITHIN, || {
        scene.count_down(&most_down);
        let run = scene.product.shown(&crashing)?;
        Ok((run.step_rows[0].state == "Postponed").then_some(run))
    })
    .unwrap();
    assert!(scene.lab.nodes().iter().all(LabNode::is_running), "{run:#?}");
    scene.wait_until_undone(&crashing);

    let restarting = scene.restart();
    scene.wait_for_a_node_down(&restarting, &most_down);
    scene.served.take().unwrap().kill();
    scene.configure(&["cluster", "node-state"]);
    scene.serve();
    let run = scene.wait_until_undone(&restarting);
    assert!(scene.lab.nodes().iter().all(LabNode::is_running), "{run:#?}");
    assert_eq!(run.undos.len(), 1, "{run:#?}");
    assert_eq!(run.run.state, "Running", "{run:#?}");
    scene.is_found("plugin-refused/patching");
    let cancelled = scene.product.run(&["runs", "cancel", &restarting]).unwrap();
    assert_eq!(cancelled.code, 0, "{}", cancelled.stderr);
    let ended = scene.end(&restarting, &most_down);
    assert_eq!(ended.run.state, "Cancelled", "{ended:#?}");

    // The crash before the host was killed counts.
    let ended = scene.end(&crashing, &most_down);
    assert_eq!(ended.run.state, "Failed", "{ended:#?}");
    assert_eq!(ended.step_rows[0].attempt, 3, "{ended:#?}");
    assert_eq!(ended.undos.len(), 1, "{ended:#?}");
    scene.is_found("plugin-broke/crasher.restart");
    let leases = scene.product.values(&["leases", "list"]).unwrap();
    assert!(leases.is_empty(), "{leases:#?}");

    let load = load.end();
    println!("plugins broke and lost their grant under load: {load:?}");
    assert_eq!(load.failed, 0, "{load:#?}");
    assert!(load.served > 1_000, "{load:?}");
    assert_eq!(most_down.load(Ordering::Relaxed), 1);
    scene.wait_until_all_up();
}
