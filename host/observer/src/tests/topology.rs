//! When the ring is read, and what becomes of members.

use super::*;
use ringkeeper_sim::Answers;

fn ring_reads(cluster: &SimCluster) -> u64 {
    cluster
        .nodes()
        .iter()
        .filter_map(|id| cluster.node(*id))
        .map(|node| cluster.calls("topology", node.endpoint))
        .sum()
}

#[tokio::test(start_paused = true)]
async fn a_quiet_ring_is_read_every_five_minutes_from_two_nodes() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    for _ in 0..3 {
        next_sweep(&mut observer).await;
    }
    let after_start = ring_reads(&cluster);
    for _ in 0..10 {
        next_sweep(&mut observer).await;
    }
    assert_eq!(ring_reads(&cluster), after_start);
    sweep_after_five_minutes(&mut observer).await;
    assert_eq!(ring_reads(&cluster), after_start + 2);
    assert!(
        cluster.calls("topology", endpoint(&cluster, 4)) > 0,
        "one of each data centre"
    );
}

#[tokio::test(start_paused = true)]
async fn the_ring_is_read_when_somebody_dies_or_restarts() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    next_sweep(&mut observer).await;
    for change in [
        |cluster: &SimCluster| cluster.kill(id(5)),
        |cluster: &SimCluster| cluster.restart(id(3), BEAT),
    ] {
        next_sweep(&mut observer).await;
        let before = ring_reads(&cluster);
        change(&cluster);
        next_sweep(&mut observer).await;
        assert_eq!(ring_reads(&cluster), before + 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_node_is_there_and_asked_in_the_same_sweep() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    let mut joining = cluster.node(id(5)).unwrap();
    joining.id = id(6);
    joining.endpoint = "10.0.0.77:7000".parse().unwrap();
    joining.mode = "JOINING".to_owned();
    cluster.put(joining);
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(node(&snapshot, 6).last_answered_at, Some(START.after(BEAT)));
    assert_eq!(node(&snapshot, 6).tokens, []);
    assert_eq!(node(&snapshot, 6).membership.name(), "Joining");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_left_is_gone_with_its_numbers() {
    let cluster = five_nodes();
    cluster.edit(id(5), |node| {
        node.node_metrics = vec![ringkeeper_cluster::Sample::of_node("heap.used_bytes", 1.0)];
    });
    let mut observer = observe(&cluster);
    observer.sweep().await;
    observer.read_node_metrics().await;
    assert!(
        next_sweep(&mut observer)
            .await
            .metrics
            .latest_of("heap.used_bytes", id(5))
            .is_some()
    );
    cluster.remove(id(5));
    let snapshot = next_sweep(&mut observer).await;
    assert!(!snapshot.nodes.contains_key(&id(5)));
    assert!(snapshot.metrics.latest_of("heap.used_bytes", id(5)).is_none());
}

#[tokio::test(start_paused = true)]
async fn two_nodes_that_know_different_rings_are_a_warning_until_they_agree() {
    let cluster = five_nodes();
    cluster.edit(id(1), |node| node.unknown = [id(3)].into());
    let mut observer = observe(&cluster);
    let snapshot = observer.sweep().await;
    assert_eq!(snapshot.nodes.len(), 5, "what one node knows is a member");
    let about = format!("topology/{}", id(3));
    assert!(
        warned(&snapshot).contains(&about.as_str()),
        "{:?}",
        snapshot.warnings
    );
    cluster.edit(id(1), |node| node.unknown.clear());
    for _ in 0..4 {
        next_sweep(&mut observer).await;
    }
    assert_eq!(warned(&observer.sweep().await), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_ring_that_nobody_tells_is_kept_as_it_was() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    let before = observer.sweep().await;
    for node in cluster.nodes() {
        cluster.edit(node, |node| node.answers = Answers::Never);
    }
    let after = sweep_after_five_minutes(&mut observer).await;
    assert!(after.nodes.keys().eq(before.nodes.keys()));
}

#[tokio::test(start_paused = true)]
async fn every_process_is_probed_once() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    let first = observer.sweep().await;
    assert_eq!(node(&first, 2).probe.as_ref().unwrap().agent, "simulated");
    for _ in 0..5 {
        next_sweep(&mut observer).await;
    }
    assert_eq!(cluster.calls("probe", endpoint(&cluster, 2)), 1);
    cluster.restart(id(2), BEAT);
    let restarted = next_sweep(&mut observer).await;
    next_sweep(&mut observer).await;
    assert_eq!(cluster.calls("probe", endpoint(&cluster, 2)), 2);
    assert_ne!(node(&restarted, 2).process, node(&first, 2).process);
}

#[tokio::test(start_paused = true)]
async fn a_witness_that_fails_is_replaced_by_another() {
    let cluster = five_nodes();
    for number in [1, 4] {
        cluster.edit(id(number), |node| {
            node.answers_to.insert("topology", Answers::Never);
        });
    }
    cluster.set_contact_points(Ok((1..=5).map(|number| endpoint(&cluster, number)).collect()));
    let mut observer = observe(&cluster);
    // No data centre is known yet, so the first two nodes are asked, then those that did not fail.
    cluster.edit(id(2), |node| {
        node.answers_to.insert("topology", Answers::Never);
    });
    let blind = observer.sweep().await;
    assert_eq!((blind.nodes.len(), blind.silent_contacts.len()), (0, 5));
    assert_eq!(
        warned(&blind),
        ["topology/10.0.0.2:7000", "topology/10.0.0.3:7000"]
    );
    assert_eq!(next_sweep(&mut observer).await.nodes.len(), 5);
}
