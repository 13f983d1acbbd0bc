//! Random faults: nothing panics, views stay consistent, and the same faults give the same snapshots.

use super::*;
use proptest::prelude::*;
use ringkeeper_cluster::{Answer, PeerStatus};
use ringkeeper_ring::covers_whole_ring;
use ringkeeper_sim::Answers;

#[derive(Clone, Debug)]
enum Fault {
    Kill(u128),
    Restart(u128),
    Answers(u128, Answers),
    Cut(u128, u128, bool),
    Mode(u128, &'static str),
    Gossip(u128, bool),
    Remove(u128),
    Claim(u128, Option<u128>),
    Forget(u128, u128),
    Rename(u128, &'static str),
    ChangeSchema,
    Rebuild(u128, u128),
}

fn fault() -> impl Strategy<Value = Fault> {
    let number = || 1..=5_u128;
    let answers = prop_oneof![
        Just(Answers::Now),
        Just(Answers::Never),
        (0..8_u64).prop_map(|seconds| Answers::After(Duration::from_secs(seconds))),
        Just(Answers::Fails(refused("an old one"))),
        Just(Answers::Fails(NodeError::new(
            NodeErrorKind::Nonsense,
            "there",
            "half an answer"
        ))),
    ];
    let mode = prop::sample::select(vec![
        "NORMAL", "JOINING", "LEAVING", "MOVING", "DRAINED", "STARTING", "?",
    ]);
    prop_oneof![
        number().prop_map(Fault::Kill),
        number().prop_map(Fault::Restart),
        (number(), answers).prop_map(|(node, answers)| Fault::Answers(node, answers)),
        (number(), number(), any::<bool>()).prop_map(|(from, to, cut)| Fault::Cut(from, to, cut)),
        (number(), mode).prop_map(|(node, mode)| Fault::Mode(node, mode)),
        (number(), any::<bool>()).prop_map(|(node, gossips)| Fault::Gossip(node, gossips)),
        number().prop_map(Fault::Remove),
        (number(), prop::option::of(number())).prop_map(|(node, claims)| Fault::Claim(node, claims)),
        (number(), number()).prop_map(|(node, whom)| Fault::Forget(node, whom)),
        (number(), prop::sample::select(vec!["simulated", "other"]))
            .prop_map(|(node, name)| Fault::Rename(node, name)),
        Just(Fault::ChangeSchema),
        (number(), 6..9_u128).prop_map(|(old, new)| Fault::Rebuild(old, new)),
    ]
}

fn inflict(cluster: &SimCluster, fault: &Fault) {
    match fault.clone() {
        Fault::Kill(node) => cluster.kill(id(node)),
        Fault::Restart(node) => cluster.restart(id(node), BEAT),
        Fault::Answers(node, answers) => cluster.edit(id(node), |node| node.answers = answers),
        Fault::Cut(from, to, is_cut) => cluster.set_cut(id(from), id(to), is_cut),
        Fault::Mode(node, mode) => cluster.edit(id(node), |node| node.mode = mode.to_owned()),
        Fault::Gossip(node, gossips) => cluster.edit(id(node), |node| node.gossip_running = gossips),
        Fault::Remove(node) => cluster.remove(id(node)),
        Fault::Claim(node, claims) => cluster.edit(id(node), |node| node.claimed_id = claims.map(id)),
        Fault::Forget(node, whom) if node != whom => {
            cluster.edit(id(node), |node| {
                node.unknown.insert(id(whom));
            });
        }
        Fault::Forget(..) => {}
        Fault::Rename(node, name) => cluster.edit(id(node), |node| node.cluster_name = name.to_owned()),
        Fault::ChangeSchema => cluster.edit_schema(|schema| {
            schema.keyspaces.remove("system_traces");
        }),
        Fault::Rebuild(old, new) => {
            if let Some(mut node) = cluster.node(id(old)) {
                cluster.remove(id(old));
                node.id = id(new);
                cluster.put(node);
            }
        }
    }
}

/// Every snapshot, after each of these faults.
fn look_at(faults: &[Fault]) -> Vec<Arc<Snapshot>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let cluster = five_nodes();
        let mut observer = observe(&cluster);
        let mut snapshots = vec![observer.sweep().await];
        for fault in faults {
            inflict(&cluster, fault);
            snapshots.push(next_sweep(&mut observer).await);
            observer.read_node_metrics().await;
        }
        snapshots
    })
}

fn assert_consistent(snapshot: &Snapshot) {
    for (id, view) in &snapshot.nodes {
        assert!(!view.views.contains_key(id), "no node looks at itself");
        assert!(
            view.views
                .keys()
                .all(|peer| snapshot.nodes[peer].answer == Answer::Answered),
            "only who answers sees"
        );
        let all = |seen| view.views.values().all(|view| *view == Some(seen));
        match view.status {
            PeerStatus::Up => assert!(all(true)),
            PeerStatus::Down => assert!(all(false) && !view.views.is_empty()),
            PeerStatus::Disputed => assert!(!all(true) && !all(false)),
            PeerStatus::Unknown => assert!(view.views.values().all(Option::is_none)),
        }
        assert_eq!(view.operation_mode.is_some(), view.answer == Answer::Answered);
        assert!(
            view.status_since <= snapshot.observed_at && view.last_answered_at <= Some(snapshot.observed_at)
        );
    }
    for view in snapshot.keyspaces.values() {
        assert_eq!(view.placements.is_some(), view.placement_map.is_some());
        if let Some(map) = &view.placements {
            assert!(covers_whole_ring(
                &map.ranges().map(|(range, _)| range).collect::<Vec<_>>()
            ));
            let replicas = map.placements().iter().flat_map(|placement| &placement.replicas);
            assert!(replicas.into_iter().all(|node| snapshot.nodes.contains_key(node)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn views_are_consistent_whatever_happens(faults in prop::collection::vec(fault(), 0..12)) {
        for (before, after) in look_at(&faults).iter().zip(look_at(&faults).iter().skip(1)) {
            assert_consistent(after);
            prop_assert!(before.observed_at < after.observed_at && before.sweep + 1 == after.sweep);
        }
    }

    #[test]
    fn the_same_faults_give_the_same_snapshots(faults in prop::collection::vec(fault(), 0..8)) {
        let texts = || look_at(&faults).iter().map(|snapshot| format!("{snapshot:?}")).collect::<Vec<_>>();
        prop_assert_eq!(texts(), texts());
    }
}
