//! How nodes are seen by their peers, by themselves and by us.

use super::*;
use ringkeeper_cluster::{Answer, Membership, PeerStatus};
use ringkeeper_sim::Answers;

#[tokio::test(start_paused = true)]
async fn one_contact_point_shows_the_whole_ring() {
    let cluster = five_nodes();
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(
        snapshot.nodes.keys().copied().collect::<Vec<_>>(),
        cluster.nodes()
    );
    for view in snapshot.nodes.values() {
        assert_eq!(
            (view.status, view.membership, &view.answer),
            (PeerStatus::Up, Membership::Normal, &Answer::Answered)
        );
        assert_eq!(view.views.len(), 4, "its own word about itself does not count");
        assert_eq!(view.tokens.len(), 4);
    }
    assert_eq!(snapshot.cassandra_name.as_deref(), Some("simulated"));
    assert_eq!(snapshot.partitioner.as_deref(), Some("Murmur3Partitioner"));
    assert_eq!((snapshot.sweep, snapshot.observed_at), (1, START));
    assert_eq!(warned(&snapshot), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_dead_node_is_down_and_silent() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.kill(id(2));
    let snapshot = next_sweep(&mut observer).await;
    let view = node(&snapshot, 2);
    assert_eq!(view.status, PeerStatus::Down);
    assert_eq!(view.membership, Membership::Normal, "it said no goodbye");
    assert!(matches!(&view.answer, Answer::Silent(error) if error.kind == NodeErrorKind::Unreachable));
    assert_eq!(view.last_answered_at, Some(START));
    assert!(view.process.is_some(), "its last word about its process is kept");
    assert_eq!(
        (view.operation_mode.as_deref(), view.schema_version.as_deref()),
        (None, None)
    );
    assert!(
        snapshot
            .nodes
            .values()
            .all(|other| !other.views.contains_key(&id(2))),
        "it has no word about others"
    );
}

#[tokio::test(start_paused = true)]
async fn silent_to_us_is_not_down() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.edit(id(2), |node| node.answers = Answers::Never);
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(node(&snapshot, 2).status, PeerStatus::Up);
    assert!(
        matches!(&node(&snapshot, 2).answer, Answer::Silent(error) if error.kind == NodeErrorKind::TimedOut)
    );
    assert_eq!(node(&snapshot, 2).answer_since, START.after(BEAT + LIMIT));
}

#[tokio::test(start_paused = true)]
async fn a_hung_node_costs_its_limit_and_the_others_are_fresh() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.edit(id(3), |node| node.answers = Answers::Never);
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(snapshot.observed_at, START.after(BEAT + LIMIT));
    for (other, view) in snapshot.nodes.iter().filter(|(other, _)| **other != id(3)) {
        assert_eq!(view.last_answered_at, Some(START.after(BEAT)), "{other}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_of_hung_nodes_ends_before_the_next_is_due() {
    let cluster = SimCluster::builder()
        .rack("dc1", "r1", 200)
        .tokens_per_node(1)
        .build();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    for node in cluster.nodes() {
        cluster.edit(node, |node| node.answers = Answers::Never);
    }
    let snapshot = next_sweep(&mut observer).await;
    assert!(
        snapshot.observed_at.since(START.after(BEAT)) <= BEAT,
        "{}",
        snapshot.observed_at
    );
    assert!(
        snapshot
            .nodes
            .values()
            .all(|view| view.status == PeerStatus::Unknown)
    );
}

#[tokio::test(start_paused = true)]
async fn a_cut_line_makes_a_dispute() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    cluster.set_cut(id(1), id(2), true);
    let snapshot = observer.sweep().await;
    assert_eq!(node(&snapshot, 2).status, PeerStatus::Disputed);
    assert_eq!(node(&snapshot, 2).views[&id(1)], Some(false));
    assert_eq!(node(&snapshot, 2).views[&id(3)], Some(true));
    assert_eq!(
        node(&snapshot, 1).status,
        PeerStatus::Up,
        "the other direction holds"
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_hears_nobody_is_remembered_as_deaf_while_it_is_silent() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    // Its peers are not convinced of its end yet.
    cluster.conviction_takes(Duration::from_secs(60));
    cluster.set_partitioned(id(2), true, false);
    let snapshot = observer.sweep().await;
    assert!(node(&snapshot, 2).is_deaf);
    assert!(!node(&snapshot, 1).is_deaf, "it hears them all");
    cluster.edit(id(2), |node| node.answers = Answers::Never);
    let snapshot = observer.sweep().await;
    assert!(node(&snapshot, 2).is_deaf, "it has not said otherwise");
    cluster.set_partitioned(id(2), false, false);
    cluster.edit(id(2), |node| node.answers = Answers::Now);
    let snapshot = observer.sweep().await;
    assert!(!node(&snapshot, 2).is_deaf);
    // Who is down for everybody makes nobody deaf.
    cluster.conviction_takes(Duration::ZERO);
    cluster.kill(id(3));
    let snapshot = observer.sweep().await;
    assert!(snapshot.nodes.values().all(|node| !node.is_deaf));
}

#[tokio::test(start_paused = true)]
async fn a_node_unknown_to_one_peer_is_disputed_there() {
    let cluster = five_nodes();
    cluster.edit(id(5), |node| node.unknown = [id(2)].into());
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(node(&snapshot, 2).views[&id(5)], None);
    assert_eq!(node(&snapshot, 2).status, PeerStatus::Disputed);
}

#[tokio::test(start_paused = true)]
async fn the_word_of_a_node_that_does_not_gossip_does_not_count() {
    let cluster = five_nodes();
    cluster.edit(id(1), |node| {
        node.gossip_running = false;
        node.cut_off = [id(2), id(3)].into();
    });
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(node(&snapshot, 2).status, PeerStatus::Up);
    assert_eq!(
        (node(&snapshot, 1).status, node(&snapshot, 1).membership),
        (PeerStatus::Down, Membership::Stopped)
    );
    assert_eq!(node(&snapshot, 1).gossip_running, Some(false));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_alone_is_up_if_it_answers() {
    let cluster = SimCluster::builder().rack("dc1", "r1", 1).build();
    let mut observer = observe(&cluster);
    assert_eq!(node(&observer.sweep().await, 1).status, PeerStatus::Up);
    cluster.kill(id(1));
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(node(&snapshot, 1).status, PeerStatus::Unknown);
    assert!(
        snapshot.silent_contacts.is_empty(),
        "everybody knows which node that is"
    );
}

#[tokio::test(start_paused = true)]
async fn nodes_in_motion_have_their_word() {
    for (mode, word) in [
        ("JOINING", Membership::Joining),
        ("LEAVING", Membership::Leaving),
        ("MOVING", Membership::Moving),
    ] {
        for answers in [Answers::Now, Answers::Never] {
            let cluster = five_nodes();
            let mut observer = observe(&cluster);
            observer.sweep().await;
            cluster.edit(id(4), |node| {
                node.mode = mode.to_owned();
                node.answers = answers.clone();
            });
            let snapshot = next_sweep(&mut observer).await;
            assert_eq!(node(&snapshot, 4).membership, word, "{mode}, {answers:?}");
            assert_eq!(node(&snapshot, 4).status, PeerStatus::Up);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_drained_node_is_stopped_even_after_its_process_ended() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    cluster.edit(id(4), |node| node.mode = "DRAINED".to_owned());
    let drained = next_sweep(&mut observer).await;
    assert_eq!(node(&drained, 4).membership, Membership::Stopped);
    assert_eq!(node(&drained, 4).operation_mode.as_deref(), Some("DRAINED"));
    cluster.kill(id(4));
    let stopped = next_sweep(&mut observer).await;
    assert_eq!(
        (node(&stopped, 4).membership, node(&stopped, 4).status),
        (Membership::Stopped, PeerStatus::Down)
    );
    cluster.restart(id(4), BEAT);
    let back = next_sweep(&mut observer).await;
    assert_eq!(
        (node(&back, 4).membership, node(&back, 4).status),
        (Membership::Normal, PeerStatus::Up)
    );
}

#[tokio::test(start_paused = true)]
async fn changes_are_remembered_with_their_time() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    let first = observer.sweep().await;
    assert_eq!(
        (node(&first, 2).status_since, node(&first, 2).transitions.len()),
        (START, 0)
    );
    cluster.kill(id(2));
    next_sweep(&mut observer).await;
    let still = next_sweep(&mut observer).await;
    assert_eq!(node(&still, 2).status_since, START.after(BEAT));
    assert_eq!(node(&still, 2).answer_since, START.after(BEAT));
    cluster.restart(id(2), BEAT);
    let back = next_sweep(&mut observer).await;
    assert_eq!(
        (node(&back, 2).status_since, node(&back, 2).answer_since),
        (START.after(BEAT * 3), START.after(BEAT * 3))
    );
    let words: Vec<_> = node(&back, 2)
        .transitions
        .iter()
        .map(|change| (change.before.as_str(), change.after.as_str()))
        .collect();
    assert_eq!(words, [("up", "down"), ("down", "up")]);
}

#[tokio::test(start_paused = true)]
async fn the_memory_of_changes_is_bounded() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    for beat in 0..NodeView::TRANSITIONS + 20 {
        cluster.edit(id(2), |node| node.running = beat % 2 == 0);
        next_sweep(&mut observer).await;
    }
    let snapshot = observer.sweep().await;
    assert_eq!(node(&snapshot, 2).transitions.len(), NodeView::TRANSITIONS);
    assert_eq!(
        node(&snapshot, 2).transitions.back().unwrap().at,
        node(&snapshot, 2).status_since
    );
}
