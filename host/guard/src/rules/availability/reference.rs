//! The rule beside a naive one that goes through every range of every keyspace, one by one.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use ringkeeper_cluster::{ConsistencyLevel as Level, KeyspaceView, NodeId};
use ringkeeper_ring::{Replicas, Replication};

use super::in_use::asks_more;
use crate::testing::{Ring, id, proposal, simple, somebody};
use crate::{Rule, Standings, WorkKind, who_must_be_heard};

const CENTRES: [&str; 3] = ["dc1", "dc2", "dc3"];
const RACKS: [&str; 3] = ["r1", "r2", "r3"];

/// Ranges short of replicas by keyspace and data centre, with what is left and needed where fewest are left.
type Found = BTreeMap<(String, Option<String>), (usize, usize, usize)>;

/// What can be wrong with a node.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    None,
    Down,
    Unheard,
    Joining,
    Held,
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        6 => Just(Trouble::None),
        2 => Just(Trouble::Down),
        1 => Just(Trouble::Unheard),
        1 => Just(Trouble::Joining),
        1 => Just(Trouble::Held),
    ]
}

fn replication() -> impl Strategy<Value = Replication> {
    let in_centre =
        prop_oneof![3 => Just((3, 0)), 1 => (0_u32..4, Just(0)), 1 => Just((3, 1)), 1 => Just((5, 2))];
    let topology = prop::collection::vec(in_centre, CENTRES.len()).prop_map(|wanted| {
        let wanted = CENTRES.iter().zip(wanted);
        let wanted = wanted.filter(|(_, (all, _))| *all > 0);
        Replication::NetworkTopology(
            wanted
                .map(|(centre, (all, transient))| ((*centre).to_owned(), Replicas { all, transient }))
                .collect(),
        )
    });
    prop_oneof![6 => topology, 2 => (1_u32..6).prop_map(simple), 1 => Just(Replication::Everywhere)]
}

prop_compose! {
    fn ring()(
        places in prop::collection::vec((0..CENTRES.len(), 0..RACKS.len(), trouble()), 3..12),
        keyspaces in prop::collection::vec((replication(), 0..Level::EVERY.len()), 1..4),
        tokens in 1_u64..4,
    ) -> Ring {
        let named: Vec<_> = places.iter().map(|(centre, rack, _)| (CENTRES[*centre], RACKS[*rack])).collect();
        let mut ring = Ring::with_tokens(&named, tokens);
        for (number, (replication, level)) in keyspaces.into_iter().enumerate() {
            ring = ring.keyspace(&format!("k{number}"), replication, Level::EVERY[level]);
        }
        for (number, (_, _, trouble)) in (1..).zip(places) {
            ring = trouble.befall(ring, number);
        }
        ring
    }
}

impl Trouble {
    fn befall(self, ring: Ring, number: u128) -> Ring {
        match self {
            Self::None => ring,
            Self::Down => ring.down(number),
            Self::Unheard => ring.silent(number).change(number, |node| node.views.clear()),
            Self::Joining => ring.change(number, |node| node.operation_mode = Some("JOINING".to_owned())),
            Self::Held => ring.held(number, somebody(), WorkKind::Disrupt),
        }
    }
}

/// Goes through every range of every keyspace.
fn naive(ring: &Ring, targets: &BTreeSet<NodeId>) -> Found {
    let question = proposal(ringkeeper_plan::Impact::Disrupt, WorkKind::Disrupt, &[]);
    let heard = who_must_be_heard(targets, &ring.snapshot);
    let standings = Standings::judge(&ring.world(), &question, &heard);
    let mut found = Found::new();
    for (name, keyspace) in ring.snapshot.keyspaces.iter() {
        let (Some(level), Some(map)) = (keyspace.consistency_level, &keyspace.placements) else {
            continue;
        };
        for (_, placement) in map.ranges() {
            let removed: Vec<NodeId> = placement
                .replicas
                .iter()
                .copied()
                .filter(|node| targets.contains(node) && standings.of(*node).may_serve())
                .collect();
            if removed.is_empty() {
                continue;
            }
            for (centre, of) in counted(ring, keyspace, level, &removed) {
                let is_there = |node: &NodeId| of.as_deref().is_none_or(|of| centre_of(ring, *node) == of);
                let placed = placement.replicas.iter().filter(|node| is_there(node)).count();
                if placed == 0 {
                    continue;
                }
                let replication = &keyspace.keyspace.replication;
                let knows_centres = matches!(replication, Replication::NetworkTopology(_));
                // One data centre must have as many as all of them together would need.
                let (counted, of_options) = if of.is_some() && !knows_centres {
                    (placement.replicas.len(), None)
                } else {
                    (placed, of.as_deref())
                };
                let needed = arithmetic(level, counted.max(options(replication, of_options)));
                if of.is_some() && !knows_centres && placed < needed && placed < counted {
                    // It never had.
                    continue;
                }
                let left = placement
                    .replicas
                    .iter()
                    .filter(|node| is_there(node) && !targets.contains(node) && standings.of(**node).serves())
                    .count();
                if left < needed {
                    let entry = found.entry((name.clone(), centre)).or_insert((0, left, needed));
                    entry.0 += 1;
                    if left < entry.1 || (left == entry.1 && needed > entry.2) {
                        (entry.1, entry.2) = (left, needed);
                    }
                }
            }
        }
    }
    found
}

fn centre_of(ring: &Ring, node: NodeId) -> &str {
    &ring.snapshot.nodes[&node].data_centre
}

/// The data centres in which a level counts, by name and as a filter; none for all together.
fn counted(
    ring: &Ring,
    keyspace: &KeyspaceView,
    level: Level,
    removed: &[NodeId],
) -> Vec<(Option<String>, Option<String>)> {
    let both = |name: &str| (Some(name.to_owned()), Some(name.to_owned()));
    match (level, &keyspace.keyspace.replication) {
        (Level::LocalQuorum | Level::LocalSerial, _) => {
            let centres: BTreeSet<&str> = removed.iter().map(|node| centre_of(ring, *node)).collect();
            centres.into_iter().map(both).collect()
        }
        (Level::EachQuorum, Replication::NetworkTopology(wanted)) => {
            wanted.keys().map(|name| both(name)).collect()
        }
        _ => vec![(None, None)],
    }
}

fn options(replication: &Replication, centre: Option<&str>) -> usize {
    let all = match (replication, centre) {
        (Replication::Simple(replicas), _) => replicas.all,
        (Replication::NetworkTopology(wanted), Some(centre)) => wanted[centre].all,
        (Replication::NetworkTopology(wanted), None) => wanted.values().map(|replicas| replicas.all).sum(),
        _ => 0,
    };
    all as usize
}

/// The least number of answers a level is content with.
fn arithmetic(level: Level, replicas: usize) -> usize {
    let is_enough = |answers: usize| match level {
        Level::One => answers >= 1,
        Level::Two => answers >= 2,
        Level::Three => answers >= 3,
        Level::All => answers == replicas,
        // More than half.
        _ => 2 * answers > replicas,
    };
    (0..=replicas.max(3)).find(|answers| is_enough(*answers)).unwrap()
}

fn found(ring: &Ring, targets: &[u128]) -> Found {
    let verdict = ring.disrupt(targets);
    let blocks = verdict
        .blocks
        .into_iter()
        .filter(|block| block.rule == Rule::Availability);
    let shorts = blocks.map(|block| block.short.expect("placements are known"));
    shorts
        .map(|short| {
            (
                (short.keyspace, short.data_centre),
                (short.ranges, short.left, short.needed),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn agrees_with_the_naive_count(ring in ring(), picks in prop::collection::vec(any::<prop::sample::Index>(), 0..3)) {
        let targets: Vec<u128> = picks.iter().map(|pick| pick.index(ring.snapshot.nodes.len()) as u128 + 1).collect();
        let set = targets.iter().map(|number| id(*number)).collect();
        prop_assert_eq!(found(&ring, &targets), naive(&ring, &set));
    }

    #[test]
    fn fewer_serving_nodes_never_turn_a_block_into_an_admission(
        ring in ring(),
        pick: prop::sample::Index,
        lost: prop::sample::Index,
        trouble in trouble(),
    ) {
        let count = ring.snapshot.nodes.len();
        let (target, lost) = (pick.index(count) as u128 + 1, lost.index(count) as u128 + 1);
        let before = found(&ring, &[target]);
        // That the target itself is surely down is the one thing that frees its restart.
        prop_assume!(target != lost);
        let after = found(&trouble.befall(ring, lost), &[target]);
        for (subject, (ranges, left, needed)) in before {
            let (more, fewer, same) = after.get(&subject).copied().unwrap_or_default();
            prop_assert!(more >= ranges && fewer <= left && same >= needed, "{subject:?}");
        }
    }

    #[test]
    fn a_level_that_asks_no_more_holds_where_the_configured_one_does(
        ring in ring(),
        replication in replication(),
        levels in (0..Level::EVERY.len(), 0..Level::EVERY.len()),
        pick: prop::sample::Index,
    ) {
        let (used, configured) = (Level::EVERY[levels.0], Level::EVERY[levels.1]);
        let target = BTreeSet::from([id(pick.index(ring.snapshot.nodes.len()) as u128 + 1)]);
        let nodes = ring.snapshot.nodes.values();
        let centres: BTreeSet<&str> = nodes.map(|node| node.data_centre.as_str()).collect();
        let asks_more = asks_more(used, configured, &replication, centres.len());
        let mut ring = ring;
        ring.snapshot.keyspaces = std::sync::Arc::default();
        let ring = ring.keyspace("shop", replication.clone(), configured);
        let holds = naive(&ring, &target).is_empty();
        let ring = ring.keyspace("shop", replication, used);
        if holds && !asks_more {
            prop_assert!(naive(&ring, &target).is_empty(), "{used} holds wherever {configured} does");
        }
    }

    #[test]
    fn taking_nobody_away_is_always_admitted(ring in ring()) {
        prop_assert!(found(&ring, &[]).is_empty());
    }
}
