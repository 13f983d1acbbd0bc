//! What a plugin cannot do, whatever it says.

use ringkeeper_api::FreezeRequest;
use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{RunEvent, RunId, RunState};
use ringkeeper_plan::Impact;
use ringkeeper_ring::TokenRange;
use ringkeeper_sandbox::{JobState, Work as _, WorkError};
use uuid::Uuid;

use super::super::findings;
use super::support::{order, scene, step};

#[tokio::test(start_paused = true)]
async fn a_call_that_touches_a_node_the_step_does_not_hold_is_refused_and_not_made() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    let gate = scene.started(step("s", &replicas[..2])).await;
    let refused = gate.start_repair(replicas[0], order(&[range])).await.unwrap_err();
    assert!(
        matches!(&refused, WorkError::AccessDenied(why) if why.contains("does not hold")),
        "{refused:?}"
    );
    assert!(scene.cluster.repairs().is_empty());
    let again = gate.start_repair(replicas[0], order(&[range])).await;
    assert!(matches!(again, Err(WorkError::AccessDenied(_))));
    let book = scene.watched.stream.book();
    let keys: Vec<String> = findings(&book).into_iter().map(|finding| finding.key).collect();
    assert_eq!(keys, ["plugin-overstepped/test.work"]);
    let told = &book.run(&RunId("shop-test".to_owned())).unwrap().oversteps;
    assert_eq!(told.len(), 1, "told once");
}

#[tokio::test(start_paused = true)]
async fn no_piece_begins_where_cassandras_own_scheduler_was_switched_on_meanwhile() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    let gate = scene.started(step("s", &replicas)).await;
    let switch = |on| {
        scene
            .cluster
            .edit(replicas[1], |node| node.work.auto_repair = Some(on))
    };
    switch(true);
    let refused = gate.start_repair(replicas[0], order(&[range])).await.unwrap_err();
    assert!(
        matches!(&refused, WorkError::Conflict(why) if why.contains("own repair scheduler is on")),
        "{refused:?}"
    );
    assert!(scene.cluster.repairs().is_empty());
    switch(false);
    gate.start_repair(replicas[0], order(&[range])).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_step_over_many_nodes_takes_them_as_it_goes() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    // The six there are, and five that will come.
    let coming = (0..5_u128).map(|number| NodeId::new(Uuid::from_u128(900 + number)));
    let nodes: Vec<NodeId> = scene.cluster.nodes().into_iter().chain(coming).collect();
    let gate = scene.started_with(step("wide", &nodes), &[]).await;
    assert!(scene.watched.stream.book().held().is_empty());
    gate.start_repair(replicas[0], order(&[range])).await.unwrap();
    let held = scene.watched.stream.book().held();
    assert_eq!(held, replicas.iter().copied().collect());

    let other = RunId("shop-other".to_owned());
    let start = RunEvent::StepStarted {
        step: "narrow".to_owned(),
        attempt: 1,
        nodes: nodes
            .iter()
            .copied()
            .take(6)
            .filter(|node| !held.contains(node))
            .collect(),
    };
    scene
        .write(
            &other,
            vec![
                super::support::opened("shop-other", vec![step("narrow", &nodes[..6])]),
                start,
            ],
        )
        .await;
    let elsewhere = scene
        .placements()
        .into_iter()
        .find(|(_, replicas)| replicas.iter().any(|node| !held.contains(node)));
    let (range, replicas) = elsewhere.unwrap();
    let refused = gate.start_repair(replicas[0], order(&[range])).await.unwrap_err();
    assert!(matches!(refused, WorkError::Conflict(_)), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_is_not_listed_and_an_impact_that_was_not_promised_are_refused() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    let mut silent = step("s", &replicas);
    silent.functions = vec!["tables.flush".to_owned()];
    let gate = scene.started(silent).await;
    let refused = gate.start_repair(replicas[0], order(&[range])).await.unwrap_err();
    assert!(
        matches!(&refused, WorkError::AccessDenied(why) if why.contains("does not list")),
        "{refused:?}"
    );
    let mut observing = step("o", &replicas);
    observing.impact = Impact::Observe;
    let id = RunId("shop-test".to_owned());
    let start = RunEvent::StepStarted {
        step: "o".to_owned(),
        attempt: 1,
        nodes: replicas.clone(),
    };
    scene
        .write(
            &id,
            vec![
                RunEvent::Extended {
                    steps: vec![observing],
                },
                start,
            ],
        )
        .await;
    let refused = scene
        .gate("o")
        .start_repair(replicas[0], order(&[range]))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, WorkError::AccessDenied(why) if why.contains("promised")),
        "{refused:?}"
    );
    assert!(scene.cluster.repairs().is_empty());
}

#[tokio::test(start_paused = true)]
async fn orders_that_make_no_sense_are_told_apart() {
    let scene = scene().await;
    let placements = scene.placements();
    let (range, replicas) = placements[0].clone();
    let stranger = scene
        .cluster
        .nodes()
        .into_iter()
        .find(|node| !replicas.contains(node))
        .unwrap();
    let gate = scene.started(step("s", &scene.cluster.nodes())).await;
    let two_in_one = TokenRange::new(range.start, placements[1].0.end);
    let unknown_table = ringkeeper_cluster::RepairOrder {
        tables: vec!["nothing".to_owned()],
        ..order(&[range])
    };
    let unknown_centre = ringkeeper_cluster::RepairOrder {
        data_centres: vec!["dc9".to_owned()],
        ..order(&[range])
    };
    for (coordinator, order, kind) in [
        (stranger, order(&[range]), "is no replica"),
        (replicas[0], order(&[two_in_one]), "more than one range"),
        (replicas[0], unknown_table, "has no table `nothing`"),
        (replicas[0], unknown_centre, "there are: dc1"),
    ] {
        let refused = gate.start_repair(coordinator, order).await.unwrap_err();
        assert!(refused.to_string().contains(kind), "{refused:?}");
    }
    assert!(scene.cluster.repairs().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_same_call_of_another_instance_has_the_same_job_and_is_made_once() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    let gate = scene.started(step("s", &replicas)).await;
    let first = gate.start_repair(replicas[0], order(&[range])).await.unwrap();
    let again = scene
        .gate("s")
        .start_repair(replicas[0], order(&[range]))
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(scene.cluster.repairs().len(), 1);
    assert_eq!(gate.job(&first.id).await.unwrap().state, JobState::Running);
    assert!(matches!(
        gate.job("shop-test/99").await,
        Err(WorkError::NotFound(_))
    ));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_begun_in_a_freeze_a_pause_or_a_cancel() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    let gate = scene.started(step("s", &replicas)).await;
    let freeze = |frozen| FreezeRequest {
        cluster: None,
        frozen,
        reason: "an audit".to_owned(),
    };
    scene.conductor.set_freeze(&freeze(true), "anna").await.unwrap();
    let frozen = gate.start_repair(replicas[0], order(&[range])).await.unwrap_err();
    assert!(frozen.to_string().contains("frozen: an audit"), "{frozen}");
    scene.conductor.set_freeze(&freeze(false), "anna").await.unwrap();
    let id = RunId("shop-test".to_owned());
    for (state, words) in [(RunState::Paused, "paused"), (RunState::Cancelling, "cancelled")] {
        let reason = String::new();
        scene
            .write(
                &id,
                vec![RunEvent::State {
                    state,
                    reason,
                    by: None,
                }],
            )
            .await;
        let refused = gate.start_repair(replicas[0], order(&[range])).await.unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
    }
    assert!(scene.cluster.repairs().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_node_takes_part_in_one_repair_of_ours_at_a_time() {
    let scene = scene().await;
    let placements = scene.placements();
    let (range, replicas) = placements[0].clone();
    let other = placements
        .iter()
        .find(|(its, nodes)| *its != range && nodes.iter().any(|node| replicas.contains(node)))
        .unwrap();
    let gate = scene.started(step("s", &scene.cluster.nodes())).await;
    gate.start_repair(replicas[0], order(&[range])).await.unwrap();
    let refused = gate
        .start_repair(other.1[0], order(&[other.0]))
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, WorkError::Conflict(why) if why.contains("still repairs")),
        "{refused:?}"
    );
    assert_eq!(scene.cluster.repairs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_the_same_whoever_was_first_to_take_it() {
    let scene = scene().await;
    let (range, replicas) = scene.placements().remove(0);
    let gate = scene.started(step("s", &replicas)).await;
    let refuses = ringkeeper_sim::Answers::Fails(ringkeeper_cluster::NodeError::new(
        ringkeeper_cluster::NodeErrorKind::Unreachable,
        "the first",
        "connection refused",
    ));
    let first = replicas[0];
    scene.cluster.edit(first, |node| {
        node.answers_to.insert("membership", refuses);
    });
    let away = gate.start_repair(first, order(&[range])).await.unwrap_err();
    assert!(matches!(away, WorkError::Unavailable(_)), "{away:?}");
    scene.cluster.edit(first, |node| {
        node.answers_to.clear();
    });
    let job = gate.start_repair(replicas[1], order(&[range])).await.unwrap();
    let again = scene
        .gate("s")
        .start_repair(first, order(&[range]))
        .await
        .unwrap();
    assert_eq!(job, again);
    assert_eq!(scene.cluster.repairs().len(), 1);
}
