//! Nodes taken away and brought back, on a cluster in memory.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{EffectId, EffectResult, RunEvent, RunId, RunState};
use ringkeeper_plan::{Impact, Step};
use ringkeeper_sandbox::{Criterion, JobState, Wait, Work, WorkError};
use ringkeeper_sim::LifecycleFault;
use uuid::Uuid;

use super::super::effects::StepWork;
use super::super::findings;
use super::super::run::UndoState;
use super::support::{Scene, scene, step};

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

/// A step that holds the first node and may restart it.
async fn restarting(scene: &Scene) -> (StepWork, NodeId) {
    let node = scene.cluster.nodes()[0];
    (scene.started(restart(node)).await, node)
}

/// Follows an effect to its end, and answers that.
async fn result(scene: &Scene, effect: &str) -> EffectResult {
    let effect = EffectId(effect.to_owned());
    scene.conductor.follow(&scene.watched, &run(), &effect).await;
    let book = scene.watched.stream.book();
    let result = book
        .run(&run())
        .and_then(|run| run.effect(&effect))
        .and_then(|effect| effect.result.clone());
    result.expect("an end")
}

/// The effect comes to its end and was done.
async fn is_done(scene: &Scene, effect: &str) {
    let result = result(scene, effect).await;
    assert!(matches!(result, EffectResult::Done { .. }), "{result:?}");
}

fn undo_of(scene: &Scene, effect: &str) -> Option<UndoState> {
    let book = scene.watched.stream.book();
    book.run(&run())?
        .effect(&EffectId(effect.to_owned()))?
        .undo
        .clone()
}

fn is_up(scene: &Scene, node: NodeId) -> bool {
    scene.cluster.node(node).is_some_and(|node| node.mode == "NORMAL")
        && scene
            .cluster
            .downs()
            .last()
            .is_none_or(|down| !down.contains(&node))
}

#[tokio::test(start_paused = true)]
async fn a_node_is_drained_stopped_and_started() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let before = scene.cluster.node(node).unwrap().process;
    let stop = gate.stop(node).await.unwrap();
    assert_eq!(
        scene.cluster.drains_of(node),
        0,
        "carried out before anybody waits for it"
    );
    assert_eq!(gate.job(&stop.id).await.unwrap().state, JobState::Pending);
    assert!(matches!(
        result(&scene, &stop.id).await,
        EffectResult::Done { .. }
    ));
    assert!(!is_up(&scene, node));
    assert_eq!(
        (scene.cluster.drains_of(node), scene.cluster.stops_of(node)),
        (1, 1)
    );
    assert_eq!(undo_of(&scene, &stop.id), Some(UndoState::Open(None)));

    let start = gate.start(node).await.unwrap();
    assert!(matches!(
        result(&scene, &start.id).await,
        EffectResult::Done { .. }
    ));
    assert!(is_up(&scene, node));
    assert_ne!(scene.cluster.node(node).unwrap().process, before);
    scene.conductor.undo(&scene.watched, &run(), "restart").await;
    assert!(matches!(undo_of(&scene, &stop.id), Some(UndoState::Done(..))));
    assert_eq!(scene.cluster.starts_of(node), 1);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_dies_between_the_admission_and_the_stop_holds_the_stop_up() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    // One in each other rack: nobody has three replicas without both.
    for peer in [2, 4] {
        scene.cluster.kill(scene.cluster.nodes()[peer]);
    }
    let EffectResult::NotStarted { reason } = result(&scene, &stop.id).await else {
        panic!("it was stopped")
    };
    assert!(reason.contains("keyspace orders"), "{reason}");
    assert_eq!(scene.cluster.drains_of(node), 0);
    scene.conductor.undo(&scene.watched, &run(), "restart").await;
    assert_eq!(scene.cluster.starts_of(node), 0, "nothing was taken away");
}

#[tokio::test(start_paused = true)]
async fn the_same_call_of_an_attempt_is_the_same_job() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let first = gate.stop(node).await.unwrap();
    let again = scene.gate("restart").stop(node).await.unwrap();
    assert_eq!(first, again);
}

#[tokio::test(start_paused = true)]
async fn what_the_step_took_away_is_brought_back_however_it_ended() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    is_done(&scene, &stop.id).await;
    scene.cluster.fault_lifecycle(node, LifecycleFault::StartFails, 2);
    scene.conductor.undo(&scene.watched, &run(), "restart").await;
    assert!(is_up(&scene, node));
    assert_eq!(scene.cluster.starts_of(node), 3);
    let (events, _) = scene.events(&run()).await;
    let told = events
        .iter()
        .filter(|event| matches!(event, RunEvent::UndoFails { .. }))
        .count();
    assert_eq!(told, 1, "one trouble is told once");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_comes_back_as_another_is_a_severe_finding_and_stays_held() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    is_done(&scene, &stop.id).await;
    let another = NodeId::new(Uuid::from_u128(99));
    scene
        .cluster
        .fault_lifecycle(node, LifecycleFault::ReturnsAs(another), 1);
    let run_id = run();
    let undo = scene.conductor.undo(&scene.watched, &run_id, "restart");
    assert!(
        tokio::time::timeout(Duration::from_secs(600), undo)
            .await
            .is_err()
    );
    let book = scene.watched.stream.book();
    let keys: Vec<String> = findings(&book).into_iter().map(|finding| finding.key).collect();
    assert!(keys.contains(&format!("undo-fails/{node}")), "{keys:?}");
    assert!(book.held().contains(&node));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_changes_what_the_node_is_has_failed() {
    for (fault, words) in [
        (LifecycleFault::ReturnsInRack("rack9".to_owned()), "another rack"),
        (
            LifecycleFault::ReturnsWithVersion("4.0.1".to_owned()),
            "another release",
        ),
    ] {
        let scene = scene().await;
        let (gate, node) = restarting(&scene).await;
        let stop = gate.stop(node).await.unwrap();
        is_done(&scene, &stop.id).await;
        scene.cluster.fault_lifecycle(node, fault, 1);
        let start = gate.start(node).await.unwrap();
        let EffectResult::Failed { message } = result(&scene, &start.id).await else {
            panic!("it did not fail")
        };
        assert!(message.contains(words), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_command_that_fails_fails_the_start_with_its_words() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    is_done(&scene, &stop.id).await;
    scene.cluster.fault_lifecycle(node, LifecycleFault::StartFails, 3);
    let start = gate.start(node).await.unwrap();
    assert!(matches!(
        result(&scene, &start.id).await,
        EffectResult::Failed { .. }
    ));
    assert_eq!(scene.cluster.starts_of(node), 3);
}

#[tokio::test(start_paused = true)]
async fn a_stop_whose_answer_is_lost_is_seen_and_not_made_again() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    scene
        .cluster
        .fault_lifecycle(node, LifecycleFault::StopAnswerLost, 1);
    let stop = gate.stop(node).await.unwrap();
    assert!(matches!(
        result(&scene, &stop.id).await,
        EffectResult::Done { .. }
    ));
    assert_eq!(scene.cluster.stops_of(node), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_of_a_drain_is_seen_in_the_mode() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    scene
        .cluster
        .fault_lifecycle(node, LifecycleFault::DrainAnswerLost, 1);
    let stop = gate.stop(node).await.unwrap();
    assert!(matches!(
        result(&scene, &stop.id).await,
        EffectResult::Done { .. }
    ));
    assert_eq!(scene.cluster.drains_of(node), 1);
}

#[tokio::test(start_paused = true)]
async fn after_a_kill_the_driver_is_not_called_again_while_its_call_may_be_under_way() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    scene.cluster.stops_take(Duration::from_secs(40));
    let stop = gate.stop(node).await.unwrap();
    let (effect, run_id) = (EffectId(stop.id.clone()), run());
    {
        let mut following = Box::pin(scene.conductor.follow(&scene.watched, &run_id, &effect));
        // The host dies while the driver's call is under way.
        let _ = tokio::time::timeout(Duration::from_secs(20), &mut following).await;
    }
    assert_eq!(scene.cluster.stops_of(node), 1);
    assert!(matches!(
        result(&scene, &stop.id).await,
        EffectResult::Done { .. }
    ));
    assert_eq!(scene.cluster.stops_of(node), 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_somebody_restarted_is_not_stopped() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    scene.cluster.restart(node, Duration::from_secs(1));
    assert!(matches!(
        result(&scene, &stop.id).await,
        EffectResult::NotStarted { .. }
    ));
    assert_eq!(scene.cluster.drains_of(node), 0);
    scene.conductor.undo(&scene.watched, &run(), "restart").await;
    assert_eq!(scene.cluster.starts_of(node), 0);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_stops_nothing_more_and_still_starts_what_it_stopped() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    is_done(&scene, &stop.id).await;
    let cancelling = RunEvent::State {
        state: RunState::Cancelling,
        reason: "a person cancelled it".to_owned(),
        by: None,
    };
    scene.write(&run(), vec![cancelling]).await;
    assert!(
        matches!(
            scene.gate("restart").drain(node).await,
            Err(WorkError::AccessDenied(_))
        ),
        "not listed"
    );
    let start = gate.start(node).await.unwrap();
    assert!(matches!(
        result(&scene, &start.id).await,
        EffectResult::Done { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_cancelled_before_its_stop_began_stops_nothing() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let stop = gate.stop(node).await.unwrap();
    let cancelling = RunEvent::State {
        state: RunState::Cancelling,
        reason: "a person cancelled it".to_owned(),
        by: None,
    };
    scene.write(&run(), vec![cancelling]).await;
    assert!(matches!(
        result(&scene, &stop.id).await,
        EffectResult::NotStarted { .. }
    ));
    assert_eq!(scene.cluster.drains_of(node), 0);
}

#[tokio::test(start_paused = true)]
async fn only_listed_functions_on_held_nodes_are_carried_out() {
    let scene = scene().await;
    let (gate, _) = restarting(&scene).await;
    let other = scene.cluster.nodes()[1];
    assert!(matches!(gate.stop(other).await, Err(WorkError::AccessDenied(_))));
    let unknown = NodeId::new(Uuid::from_u128(77));
    assert!(matches!(gate.stop(unknown).await, Err(WorkError::NotFound(_))));
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_when_the_node_is_as_wanted_and_says_what_is_missing() {
    let scene = scene().await;
    let (gate, node) = restarting(&scene).await;
    let wait = |limit| Wait {
        node,
        criteria: [
            Criterion::Process,
            Criterion::Ring,
            Criterion::NativeTransport,
            Criterion::Schema,
        ]
        .into(),
        steady: Duration::from_secs(5),
        limit: Duration::from_secs(limit),
    };
    gate.wait_until(wait(60)).await.unwrap();
    scene.cluster.kill(node);
    let Err(WorkError::TimedOut(missing)) = gate.wait_until(wait(30)).await else {
        panic!("a dead node is not as wanted")
    };
    assert!(missing.contains("does not answer"), "{missing}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_taken_away_that_nobody_can_bring_back() {
    let scene = super::support::scene_with(|_| Arc::new(ringkeeper_cluster::NoDriver)).await;
    let (gate, node) = restarting(&scene).await;
    let Err(WorkError::Unsupported(words)) = gate.stop(node).await else {
        panic!("it must be refused")
    };
    assert!(words.contains("[cluster.process]"), "{words}");
}
