//! What people see of held nodes, of steps held up, and of nodes to be brought back.

use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{EffectId, NotedBlock, RunEvent, RunId};
use ringkeeper_plan::{Impact, Step};
use ringkeeper_sandbox::Work;

use super::super::guarding::LEASE_LIMIT;
use super::support::{Scene, scene, step};
use crate::Guarded;

fn restart(node: NodeId) -> Step {
    Step {
        impact: Impact::Disrupt,
        functions: vec!["lifecycle.stop".to_owned(), "lifecycle.start".to_owned()],
        ..step("restart", &[node])
    }
}

fn run() -> RunId {
    RunId("shop-test".to_owned())
}

fn guarded(scene: &Scene) -> Guarded {
    scene.conductor.guarded().pop().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_held_node_is_shown_with_who_holds_it_for_what_and_until_when() {
    let scene = scene().await;
    let node = scene.cluster.nodes()[0];
    let gate = scene.started(restart(node)).await;
    let lease = scene.conductor.leases(None).unwrap().pop().unwrap();
    assert_eq!(
        (lease.run.as_str(), lease.step.as_str()),
        ("shop-test", "restart")
    );
    assert_eq!(
        (lease.operation.as_str(), lease.work.as_slice()),
        ("test.work", &["disruption".to_owned()][..])
    );
    assert_eq!(lease.time_limit, Some(lease.since.after(LEASE_LIMIT)));
    assert_eq!((lease.overdue, lease.until.as_str()), (false, "its attempt ends"));
    assert!(lease.fence > 0);

    gate.stop(node).await.unwrap();
    let lease = scene.conductor.leases(None).unwrap().pop().unwrap();
    assert!(lease.until.ends_with(" is stopped"), "{}", lease.until);
    let status = scene.conductor.status(None).unwrap().unwrap();
    let nodes: Vec<_> = status
        .data_centers
        .iter()
        .flat_map(|centre| &centre.nodes)
        .collect();
    for row in nodes {
        let expected = (row.host_id == node).then(|| "shop-test".to_owned());
        assert_eq!(row.held_by, expected);
    }

    tokio::time::sleep(LEASE_LIMIT + Duration::from_secs(1)).await;
    assert!(scene.conductor.leases(None).unwrap().pop().unwrap().overdue);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_away_is_shown_until_it_is_back_and_after() {
    let scene = scene().await;
    let node = scene.cluster.nodes()[0];
    let gate = scene.started(restart(node)).await;
    let stop = gate.stop(node).await.unwrap();
    let undos = || scene.conductor.run("shop-test").unwrap().undos;
    let open = undos();
    let [undo] = open.as_slice() else {
        panic!("one undo: {open:?}")
    };
    assert_eq!(
        (undo.job.as_str(), undo.node.as_str()),
        (stop.id.as_str(), node.to_string().as_str())
    );
    assert_eq!(
        (undo.state.as_str(), undo.what.as_str()),
        ("open", "start it again")
    );
    assert_eq!(
        (guarded(&scene).open_undos, guarded(&scene).failing_undos),
        (1, 0)
    );

    let fails = RunEvent::UndoFails {
        effect: EffectId(stop.id.clone()),
        reason: "no space left".to_owned(),
    };
    scene.write(&run(), vec![fails]).await;
    let failing = undos().pop().unwrap();
    assert_eq!(
        (failing.state.as_str(), failing.message.as_str()),
        ("failing", "no space left")
    );
    assert_eq!(
        (guarded(&scene).open_undos, guarded(&scene).failing_undos),
        (1, 1)
    );

    scene.conductor.undo(&scene.watched, &run(), "restart").await;
    assert_eq!(undos().pop().unwrap().state, "done");
    assert_eq!(
        (guarded(&scene).open_undos, guarded(&scene).failing_undos),
        (0, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_that_is_held_up_is_shown_and_counted_by_rule() {
    let scene = scene().await;
    let node = scene.cluster.nodes()[0];
    scene.started(restart(node)).await;
    assert_eq!(guarded(&scene).blocked_steps.get("availability"), Some(&0));
    let block = |rule: &str| NotedBlock {
        rule: rule.to_owned(),
        subject: "keyspace orders".to_owned(),
        text: "keyspace orders: one replica left; lifted when it serves again".to_owned(),
    };
    let blocked = |blocks: Vec<NotedBlock>| RunEvent::Blocked {
        step: "restart".to_owned(),
        blocks,
    };
    // Two blocks of one rule are one step.
    let several = blocked(vec![
        block("availability"),
        block("availability"),
        block("windows"),
    ]);
    scene.write(&run(), vec![several]).await;
    let stands = guarded(&scene).blocked_steps;
    assert_eq!(
        (stands["availability"], stands["windows"], stands["leases"]),
        (1, 1, 0)
    );
    let row = scene.conductor.run("shop-test").unwrap().step_rows.pop().unwrap();
    assert_eq!(row.blocks.len(), 3);
    assert_eq!(row.blocks[0].rule, "availability");
    assert!(row.blocked_since.is_some());

    scene.write(&run(), vec![blocked(Vec::new())]).await;
    let row = scene.conductor.run("shop-test").unwrap().step_rows.pop().unwrap();
    assert_eq!((row.blocks.len(), row.blocked_since), (0, None));
    assert_eq!(guarded(&scene).blocked_steps["availability"], 0);
}
