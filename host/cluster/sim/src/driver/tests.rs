use ringkeeper_cluster::{Cluster as _, NodeId};

use super::*;

fn order() -> Order {
    Order {
        run: "run-1".to_owned(),
        step: "restart".to_owned(),
        number: 1,
    }
}

fn three_racks() -> (SimCluster, [NodeId; 3]) {
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 1)
        .rack("dc1", "r2", 1)
        .rack("dc1", "r3", 1)
        .build();
    let ids = cluster.nodes().try_into().unwrap();
    (cluster, ids)
}

fn place(cluster: &SimCluster, node: NodeId) -> ProcessPlace {
    let node = cluster.node(node).unwrap();
    ProcessPlace {
        node: node.id,
        endpoint: node.endpoint,
        data_centre: node.data_centre,
        rack: node.rack,
    }
}

async fn is_seen_up(cluster: &SimCluster, by: NodeId, node: NodeId) -> bool {
    let (by, node) = (cluster.node(by).unwrap(), cluster.node(node).unwrap());
    let report = cluster.membership(by.endpoint).await.unwrap();
    report.live.contains(&node.endpoint)
}

#[tokio::test(start_paused = true)]
async fn a_node_is_drained_stopped_and_started_as_another_process() {
    let (cluster, [first, second, _]) = three_racks();
    let (place, before) = (place(&cluster, second), cluster.node(second).unwrap());

    cluster.drain(place.endpoint).await.unwrap();
    assert_eq!(cluster.node(second).unwrap().mode, "DRAINED");
    assert!(!is_seen_up(&cluster, first, second).await);
    let topology = cluster.topology(cluster.node(first).unwrap().endpoint).await;
    let member = &topology.unwrap().members[&second];
    assert_eq!(member.gossip_status.as_deref(), Some("shutdown"));

    cluster.stop(&place, &order()).await.unwrap();
    assert_eq!(cluster.state(&place).await.unwrap(), ProcessState::Stopped);
    let gone = cluster.membership(place.endpoint).await.unwrap_err();
    assert_eq!(gone.kind, NodeErrorKind::Unreachable);

    cluster.start(&place, &order()).await.unwrap();
    assert_eq!(cluster.state(&place).await.unwrap(), ProcessState::Running);
    let starting = cluster.membership(place.endpoint).await.unwrap();
    assert_eq!(starting.operation_mode, "STARTING");
    assert!(!is_seen_up(&cluster, first, second).await);

    tokio::time::sleep(Duration::from_secs(20)).await;
    let after = cluster.membership(place.endpoint).await.unwrap();
    assert_eq!((after.operation_mode.as_str(), after.host_id), ("NORMAL", second));
    assert_ne!(after.process, before.process);
    assert!(is_seen_up(&cluster, first, second).await);

    let events = cluster.lifecycle_events();
    let changes: Vec<_> = events.iter().map(|event| event.what).collect();
    assert_eq!(
        changes,
        [
            LifecycleChange::Drained,
            LifecycleChange::Stopped,
            LifecycleChange::Started,
            LifecycleChange::Joined
        ]
    );
    assert_eq!((cluster.stops_of(second), cluster.starts_of(second)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn asked_twice_a_driver_does_nothing_more() {
    let (cluster, [node, ..]) = three_racks();
    let place = place(&cluster, node);
    let before = cluster.node(node).unwrap().process;
    cluster.start(&place, &order()).await.unwrap();
    assert_eq!(cluster.node(node).unwrap().process, before);
    cluster.stop(&place, &order()).await.unwrap();
    cluster.stop(&place, &order()).await.unwrap();
    assert_eq!(cluster.lifecycle_events().len(), 1);
    assert_eq!((cluster.stops_of(node), cluster.starts_of(node)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn counts_how_many_were_down_at_once() {
    let (cluster, [first, second, third]) = three_racks();
    assert_eq!(cluster.most_down_at_once(), 0);
    for node in [first, second] {
        let place = place(&cluster, node);
        cluster.stop(&place, &order()).await.unwrap();
        cluster.start(&place, &order()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(20)).await;
    }
    assert_eq!(cluster.most_down_at_once(), 1);
    cluster.kill(third);
    cluster.drain(place(&cluster, first).endpoint).await.unwrap();
    assert_eq!(cluster.most_down_at_once(), 2);
    assert_eq!(cluster.downs().last(), Some(&[first, third].into()));
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_comes_about_without_its_caller() {
    let (cluster, [node, ..]) = three_racks();
    let place = place(&cluster, node);
    let left = tokio::time::timeout(Duration::from_millis(1), cluster.stop(&place, &order())).await;
    assert!(left.is_err() && cluster.node(node).unwrap().running);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!cluster.node(node).unwrap().running);
}

#[tokio::test(start_paused = true)]
async fn a_start_fails_as_often_as_it_was_told_to() {
    let (cluster, [node, ..]) = three_racks();
    let place = place(&cluster, node);
    cluster.stop(&place, &order()).await.unwrap();
    cluster.fault_lifecycle(node, LifecycleFault::StartFails, 2);
    for _ in 0..2 {
        let error = cluster.start(&place, &order()).await.unwrap_err();
        assert_eq!(error.kind, ProcessErrorKind::Failed);
        assert_eq!(cluster.state(&place).await.unwrap(), ProcessState::Stopped);
    }
    cluster.start(&place, &order()).await.unwrap();
    assert_eq!(cluster.starts_of(node), 3);
}

#[tokio::test(start_paused = true)]
async fn calls_that_hang_or_lose_their_answer_time_out() {
    let drained = |fault| async move {
        let (cluster, [node, ..]) = three_racks();
        cluster.fault_lifecycle(node, fault, 1);
        let error = cluster.drain(place(&cluster, node).endpoint).await.unwrap_err();
        assert_eq!(error.kind, NodeErrorKind::TimedOut);
        cluster.node(node).unwrap().mode
    };
    assert_eq!(drained(LifecycleFault::DrainHangs).await, "DRAINING");
    assert_eq!(drained(LifecycleFault::DrainAnswerLost).await, "DRAINED");

    let stopped = |fault| async move {
        let (cluster, [node, ..]) = three_racks();
        cluster.fault_lifecycle(node, fault, 1);
        let error = cluster.stop(&place(&cluster, node), &order()).await.unwrap_err();
        assert_eq!(error.kind, ProcessErrorKind::TimedOut);
        !cluster.node(node).unwrap().running
    };
    assert!(!stopped(LifecycleFault::StopHangs).await);
    assert!(stopped(LifecycleFault::StopAnswerLost).await);

    let started = |fault| async move {
        let (cluster, [node, ..]) = three_racks();
        cluster.stop(&place(&cluster, node), &order()).await.unwrap();
        cluster.fault_lifecycle(node, fault, 1);
        let error = cluster.start(&place(&cluster, node), &order()).await.unwrap_err();
        assert_eq!(error.kind, ProcessErrorKind::TimedOut);
        cluster.node(node).unwrap().running
    };
    assert!(!started(LifecycleFault::StartHangs).await);
    assert!(started(LifecycleFault::StartAnswerLost).await);
}

#[tokio::test(start_paused = true)]
async fn a_node_may_come_back_as_somebody_else_or_not_at_all() {
    let back = |fault| async move {
        let (cluster, [node, ..]) = three_racks();
        let place = place(&cluster, node);
        cluster.stop(&place, &order()).await.unwrap();
        cluster.fault_lifecycle(node, fault, 1);
        cluster.start(&place, &order()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        cluster.node(node).unwrap()
    };
    let stranger = NodeId::new(uuid::Uuid::from_u128(99));
    let node = back(LifecycleFault::ReturnsAs(stranger)).await;
    assert_eq!((node.claimed_id, node.mode.as_str()), (Some(stranger), "NORMAL"));
    assert_eq!(
        back(LifecycleFault::ReturnsInRack("r9".to_owned())).await.rack,
        "r9"
    );
    let node = back(LifecycleFault::ReturnsWithVersion("4.1.9".to_owned())).await;
    assert_eq!(node.release_version, "4.1.9");
    assert_eq!(back(LifecycleFault::StaysStarting).await.mode, "STARTING");
    assert!(!back(LifecycleFault::DiesStarting).await.running);
}
