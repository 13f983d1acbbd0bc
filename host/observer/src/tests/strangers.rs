//! Contact points that stay silent, nodes this product refuses, and nodes that lie.

use super::*;
use ringkeeper_cluster::{Answer, PeerStatus};
use ringkeeper_sim::Answers;

fn somewhere() -> Endpoint {
    "10.9.9.9:7000".parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_silent_contact_point_is_shown_until_it_is_known_who_it_is() {
    let cluster = five_nodes();
    cluster.set_contact_points(Ok(vec![endpoint(&cluster, 1)]));
    cluster.kill(id(1));
    let mut observer = observe(&cluster);
    observer.sweep().await;
    let silent = next_sweep(&mut observer).await;
    assert_eq!(silent.nodes.len(), 0);
    assert_eq!(silent.silent_contacts.len(), 1);
    assert_eq!(silent.silent_contacts[0].since, START, "since the first look");
    assert_eq!(silent.silent_contacts[0].error.kind, NodeErrorKind::Unreachable);
    cluster.restart(id(1), BEAT);
    let found = next_sweep(&mut observer).await;
    assert_eq!((found.nodes.len(), found.silent_contacts.len()), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_silent_contact_point_that_a_peer_names_is_no_stranger() {
    let cluster = five_nodes();
    cluster.set_contact_points(Ok(vec![
        endpoint(&cluster, 1),
        endpoint(&cluster, 2),
        somewhere(),
    ]));
    cluster.kill(id(1));
    let snapshot = observe(&cluster).sweep().await;
    let silent: Vec<Endpoint> = snapshot
        .silent_contacts
        .iter()
        .map(|contact| contact.endpoint)
        .collect();
    assert_eq!(silent, [somewhere()]);
    assert_eq!(node(&snapshot, 1).status, PeerStatus::Down);
}

#[tokio::test(start_paused = true)]
async fn contact_points_that_do_not_resolve_are_a_warning_until_they_do() {
    let cluster = five_nodes();
    let good = vec![endpoint(&cluster, 1)];
    cluster.set_contact_points(Err(NodeError::new(
        NodeErrorKind::Unreachable,
        "db1.example",
        "unknown host",
    )));
    let mut observer = observe(&cluster);
    let snapshot = observer.sweep().await;
    assert_eq!(
        snapshot.warnings[0].message,
        "no contact point could be resolved: db1.example: unknown host"
    );
    cluster.set_contact_points(Ok(good));
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!((snapshot.nodes.len(), warned(&snapshot)), (5, vec![]));
}

#[tokio::test(start_paused = true)]
async fn contact_points_are_resolved_anew_when_nobody_answers() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    for (number, node) in (1..=5_u128).zip(cluster.nodes()) {
        let moved: Endpoint = format!("10.1.0.{number}:7000").parse().unwrap();
        cluster.edit(node, |node| node.endpoint = moved);
    }
    cluster.set_contact_points(Ok(vec![endpoint(&cluster, 3)]));
    assert!(
        next_sweep(&mut observer)
            .await
            .nodes
            .values()
            .all(|view| view.answer != Answer::Answered)
    );
    let found = next_sweep(&mut observer).await;
    assert!(found.nodes.values().all(|view| view.answer == Answer::Answered));
    assert_eq!(node(&found, 5).endpoint, "10.1.0.5:7000".parse().unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_refused_cluster_shows_the_sentence_that_says_why() {
    let cluster = five_nodes();
    let sentence = "Cassandra 3.11 is not supported";
    cluster.edit(id(1), |node| node.answers = Answers::Fails(refused(sentence)));
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(snapshot.silent_contacts[0].error.message, sentence);
}

#[tokio::test(start_paused = true)]
async fn a_refused_node_of_a_good_cluster_is_silent_with_that_sentence() {
    let cluster = five_nodes();
    cluster.edit(id(4), |node| node.answers = Answers::Fails(refused("an old one")));
    let snapshot = observe(&cluster).sweep().await;
    assert!(matches!(&node(&snapshot, 4).answer, Answer::Silent(error) if error.message == "an old one"));
    assert_eq!(node(&snapshot, 4).status, PeerStatus::Up);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_refuses_outweighs_whatever_else_the_node_says() {
    let half = NodeError::new(NodeErrorKind::Nonsense, "there", "half an answer");
    for membership in [Answers::Now, Answers::Fails(half)] {
        let cluster = five_nodes();
        cluster.edit(id(4), |node| {
            node.answers_to.insert(
                "probe",
                Answers::Fails(refused("ByteOrderedPartitioner is not supported")),
            );
            node.answers_to.insert("membership", membership);
        });
        let snapshot = observe(&cluster).sweep().await;
        let Answer::Silent(error) = &node(&snapshot, 4).answer else {
            panic!("it is refused")
        };
        assert_eq!(error.message, "ByteOrderedPartitioner is not supported");
        assert!(
            !node(&snapshot, 1).views.contains_key(&id(4)),
            "its word does not count"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_probe_fails_is_believed_and_probed_again() {
    let cluster = five_nodes();
    let failure = NodeError::new(NodeErrorKind::TooLarge, "there", "the list is too large");
    cluster.edit(id(4), |node| {
        node.answers_to.insert("probe", Answers::Fails(failure));
    });
    let mut observer = observe(&cluster);
    let snapshot = observer.sweep().await;
    assert_eq!(
        (&node(&snapshot, 4).answer, &node(&snapshot, 4).probe),
        (&Answer::Answered, &None)
    );
    assert_eq!(warned(&snapshot), ["probe/10.0.0.5:7000"]);
    cluster.edit(id(4), |node| node.answers_to.clear());
    let snapshot = next_sweep(&mut observer).await;
    assert!(node(&snapshot, 4).probe.is_some() && snapshot.warnings.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_claims_to_be_another_is_not_believed() {
    let cluster = five_nodes();
    cluster.edit(id(2), |node| {
        node.claimed_id = Some(id(3));
        node.cut_off = [id(1), id(3), id(4), id(5)].into();
    });
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(warned(&snapshot), ["report/10.0.0.3:7000"]);
    assert!(
        matches!(&node(&snapshot, 2).answer, Answer::Silent(error) if error.kind == NodeErrorKind::Nonsense)
    );
    assert_eq!(node(&snapshot, 3).answer, Answer::Answered);
    assert!(
        snapshot.nodes.values().all(|view| view.status == PeerStatus::Up),
        "its views are left out"
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_of_another_cluster_is_not_believed() {
    let cluster = five_nodes();
    let mut observer = observe(&cluster);
    cluster.edit(id(2), |node| node.cluster_name = "staging".to_owned());
    let snapshot = observer.sweep().await;
    assert_eq!(snapshot.cassandra_name.as_deref(), Some("simulated"));
    assert_eq!(
        snapshot.warnings[0].message,
        "the report of 10.0.0.3:7000 is left out: it belongs to cluster `staging`, not to `simulated`"
    );
    cluster.edit(id(2), |node| node.cluster_name = "simulated".to_owned());
    assert_eq!(warned(&next_sweep(&mut observer).await), Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_contact_point_that_is_no_member_is_no_node() {
    let cluster = five_nodes();
    let mut gone = cluster.node(id(5)).unwrap();
    gone.id = id(99);
    gone.endpoint = somewhere();
    gone.mode = "DECOMMISSIONED".to_owned();
    cluster.put(gone);
    for known in 1..=5 {
        cluster.edit(id(known), |node| node.unknown = [id(99)].into());
    }
    cluster.set_contact_points(Ok(vec![endpoint(&cluster, 1), somewhere()]));
    let snapshot = observe(&cluster).sweep().await;
    assert_eq!(snapshot.nodes.len(), 5);
    assert_eq!(warned(&snapshot), ["report/10.9.9.9:7000"]);
}

#[tokio::test(start_paused = true)]
async fn a_node_wiped_and_built_anew_at_its_address_is_a_new_node() {
    let cluster = SimCluster::builder().rack("dc1", "r1", 1).build();
    let mut observer = observe(&cluster);
    observer.sweep().await;
    let mut anew = cluster.node(id(1)).unwrap();
    cluster.remove(id(1));
    anew.id = id(2);
    cluster.put(anew);
    let snapshot = next_sweep(&mut observer).await;
    assert_eq!(snapshot.nodes.keys().copied().collect::<Vec<_>>(), [id(2)]);
    assert_eq!(warned(&snapshot), Vec::<&str>::new());
}
