use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set};
use proptest::prelude::*;

use super::*;
use crate::{Replicas, StrategyError};

type Members = BTreeMap<u32, RingMember>;

fn member(data_centre: &str, rack: &str, tokens: &[i64]) -> RingMember {
    let tokens = tokens.iter().copied().map(Token::new).collect();
    RingMember {
        data_centre: data_centre.to_owned(),
        rack: rack.to_owned(),
        tokens,
    }
}

fn full(all: u32) -> Replicas {
    Replicas { all, transient: 0 }
}

fn network(wanted: &[(&str, Replicas)]) -> Replication {
    Replication::NetworkTopology(
        wanted
            .iter()
            .map(|(name, replicas)| ((*name).to_owned(), *replicas))
            .collect(),
    )
}

fn replicas(members: &Members, replication: &Replication, token: i64) -> (Vec<u32>, Vec<u32>) {
    let map = PlacementMap::compute(members, replication).unwrap();
    let placement = map.placement_of(Token::new(token)).unwrap();
    (placement.replicas.clone(), placement.transient.clone())
}

/// Six nodes at 0, 10, 20, ... in one data centre, racks a, a, a, b, b, c.
fn crowded_racks() -> Members {
    let racks = ["a", "a", "a", "b", "b", "c"];
    racks
        .iter()
        .zip(0..)
        .map(|(rack, node)| (node, member("dc1", rack, &[i64::from(node) * 10])))
        .collect()
}

#[test]
fn simple_strategy_takes_the_next_nodes_whatever_their_rack() {
    let simple = Replication::Simple(full(3));
    assert_eq!(replicas(&crowded_racks(), &simple, 5).0, [1, 2, 3]);
    assert_eq!(
        replicas(&crowded_racks(), &simple, 51).0,
        [0, 1, 2],
        "past the last token lies the first"
    );
    assert_eq!(
        replicas(&crowded_racks(), &Replication::Simple(full(9)), 0).0,
        [0, 1, 2, 3, 4, 5]
    );
}

#[test]
fn every_rack_gets_a_replica_before_one_gets_two() {
    for (all, nodes) in [
        (2, vec![1, 3]),
        (3, vec![1, 3, 5]),
        (4, vec![1, 2, 3, 5]),
        (5, vec![1, 2, 3, 4, 5]),
    ] {
        assert_eq!(
            replicas(&crowded_racks(), &network(&[("dc1", full(all))]), 5).0,
            nodes,
            "{all} replicas"
        );
    }
}

#[test]
fn nodes_of_all_data_centres_stand_in_the_order_of_the_ring() {
    let members: Members = [
        (1, member("dc1", "r1", &[10])),
        (2, member("dc2", "r1", &[20])),
        (3, member("dc1", "r1", &[30])),
        (4, member("dc2", "r1", &[40])),
    ]
    .into();
    assert_eq!(
        replicas(&members, &network(&[("dc1", full(2)), ("dc2", full(1))]), 11).0,
        [2, 3, 1]
    );
}

#[test]
fn a_data_centre_with_too_few_nodes_gives_all_it_has() {
    let members = [(1, member("dc1", "r1", &[1, 5])), (2, member("dc1", "r1", &[3]))].into();
    assert_eq!(replicas(&members, &network(&[("dc1", full(3))]), 2).0, [2, 1]);
}

#[test]
fn a_keyspace_of_a_data_centre_without_nodes_is_nowhere() {
    let map = PlacementMap::compute(&crowded_racks(), &network(&[("elsewhere", full(3))])).unwrap();
    assert_eq!(map.replicas_of(Token::new(7)), []);
    assert_eq!(map.ranges().count(), 6);
}

#[test]
fn the_last_replicas_are_the_transient_ones() {
    let transient = Replicas { all: 3, transient: 1 };
    assert_eq!(
        replicas(&crowded_racks(), &network(&[("dc1", transient)]), 5),
        (vec![1, 3], vec![5])
    );
    assert_eq!(
        replicas(&crowded_racks(), &Replication::Simple(transient), 5),
        (vec![1, 2], vec![3])
    );
    // Cassandra makes fewer nodes full ones first.
    let two = [(1, member("dc1", "r1", &[1])), (2, member("dc1", "r1", &[2]))].into();
    assert_eq!(
        replicas(&two, &network(&[("dc1", transient)]), 1),
        (vec![1, 2], vec![])
    );
}

#[test]
fn everywhere_is_on_every_node_that_owns_a_token() {
    let mut members = crowded_racks();
    members.insert(9, member("dc2", "r1", &[]));
    let map = PlacementMap::compute(&members, &Replication::Everywhere).unwrap();
    assert_eq!(map.placements().len(), 1);
    assert_eq!(map.replicas_of(Token::MIN), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_ring_of_one_token_is_one_range() {
    let members = [(1, member("dc1", "r1", &[i64::MAX]))].into();
    let map = PlacementMap::compute(&members, &Replication::Simple(full(1))).unwrap();
    assert!(map.ranges().all(|(range, _)| range.is_whole_ring()));
    assert_eq!(map.replicas_of(Token::MIN), [1]);
}

#[test]
fn says_why_placements_cannot_be_computed() {
    let unknown = Replication::Unknown {
        class: "MoonStrategy".to_owned(),
    };
    for (members, replication, error) in [
        (crowded_racks(), Replication::Local, StrategyError::Local),
        (
            crowded_racks(),
            unknown,
            StrategyError::Unknown("MoonStrategy".to_owned()),
        ),
        (Members::new(), Replication::Everywhere, StrategyError::EmptyRing),
        (
            [(1, member("dc1", "r1", &[]))].into(),
            Replication::Simple(full(1)),
            StrategyError::EmptyRing,
        ),
    ] {
        assert_eq!(PlacementMap::compute(&members, &replication), Err(error));
    }
}

#[test]
fn somebody_elses_ranges_must_make_the_ring() {
    let computed = PlacementMap::compute(&crowded_racks(), &Replication::Simple(full(2))).unwrap();
    let claimed: Vec<_> = computed
        .ranges()
        .map(|(range, placement)| (range, placement.replicas.clone()))
        .rev()
        .collect();
    assert_eq!(
        PlacementMap::from_ranges(claimed[1..].to_vec()),
        Err(NotTheWholeRing)
    );
    assert_eq!(PlacementMap::from_ranges(claimed), Ok(computed));
}

#[test]
fn the_digest_tells_maps_apart_and_stays_as_it_is() {
    let digest = |all| {
        PlacementMap::compute(&crowded_racks(), &Replication::Simple(full(all)))
            .unwrap()
            .digest()
    };
    assert_ne!(digest(2), digest(3));
    assert_eq!(digest(6), digest(7), "seven replicas on six nodes are six");
    assert_eq!(
        digest(3),
        9_477_531_176_473_607_956,
        "written down, so that a change of the format is seen"
    );
}

fn members() -> impl Strategy<Value = Members> {
    let node = (0..3_u8, 0..4_u8, btree_set(any::<i64>(), 0..5));
    btree_map(0..40_u32, node, 1..16).prop_map(|nodes| {
        let place = |(node, (centre, rack, tokens)): (u32, (u8, u8, BTreeSet<i64>))| {
            (
                node,
                member(
                    &format!("dc{centre}"),
                    &format!("r{rack}"),
                    &tokens.into_iter().collect::<Vec<_>>(),
                ),
            )
        };
        nodes.into_iter().map(place).collect()
    })
}

fn replicas_anywhere() -> impl Strategy<Value = Replicas> {
    (0..7_u32, 0..3_u32).prop_map(|(all, transient)| Replicas {
        all,
        transient: transient.min(all),
    })
}

fn wanted() -> impl Strategy<Value = BTreeMap<String, Replicas>> {
    btree_map(
        (0..4_u8).prop_map(|centre| format!("dc{centre}")),
        replicas_anywhere(),
        0..4,
    )
}

/// The rules in the words of the documentation, with no thought of speed: for each data centre all its nodes in the
/// order of the ring; the first of every rack, then those that were skipped; as many as are wanted.
fn by_the_book(members: &Members, wanted: &BTreeMap<String, Replicas>, token: Token) -> (Vec<u32>, Vec<u32>) {
    let mut ring: Vec<(Token, u32)> = members
        .iter()
        .flat_map(|(node, member)| member.tokens.iter().map(|token| (*token, *node)))
        .collect();
    ring.sort_unstable();
    let start = ring.iter().position(|(end, _)| *end >= token).unwrap_or(0);
    ring.rotate_left(start);
    let mut walk: Vec<u32> = Vec::new();
    for (_, node) in ring {
        if !walk.contains(&node) {
            walk.push(node);
        }
    }
    let (mut full, mut transient) = (BTreeSet::<u32>::new(), BTreeSet::<u32>::new());
    for (centre, replicas) in wanted {
        let local: Vec<u32> = walk
            .iter()
            .copied()
            .filter(|node| members[node].data_centre == *centre)
            .collect();
        let mut racks = BTreeSet::new();
        let (firsts, skipped): (Vec<u32>, Vec<u32>) = local
            .iter()
            .partition(|node| racks.insert(members[*node].rack.clone()));
        let picked: BTreeSet<u32> = firsts
            .into_iter()
            .chain(skipped)
            .take(replicas.all as usize)
            .collect();
        let in_order: Vec<u32> = local.into_iter().filter(|node| picked.contains(node)).collect();
        let full_ones = ((replicas.all - replicas.transient) as usize).min(in_order.len());
        full.extend(&in_order[..full_ones]);
        transient.extend(&in_order[full_ones..]);
    }
    (
        walk.iter().copied().filter(|node| full.contains(node)).collect(),
        walk.iter()
            .copied()
            .filter(|node| transient.contains(node))
            .collect(),
    )
}

proptest! {
    #[test]
    fn network_topology_goes_by_the_book(members in members(), wanted in wanted(), token in any::<i64>()) {
        let token = Token::new(token);
        let Ok(map) = PlacementMap::compute(&members, &Replication::NetworkTopology(wanted.clone())) else {
            prop_assert!(members.values().all(|member| member.tokens.is_empty()));
            return Ok(());
        };
        let placement = map.placement_of(token).unwrap();
        let (full, transient) = by_the_book(&members, &wanted, token);
        prop_assert_eq!(&placement.replicas, &full);
        prop_assert_eq!(&placement.transient, &transient);
        prop_assert!(placement.ranges.iter().any(|range| range.contains(token)));
    }

    #[test]
    fn computed_placements_cover_the_ring_once(members in members(), replicas in replicas_anywhere(), wanted in wanted()) {
        for replication in [Replication::Simple(replicas), Replication::NetworkTopology(wanted), Replication::Everywhere] {
            let Ok(map) = PlacementMap::compute(&members, &replication) else { continue };
            let ranges: Vec<_> = map.ranges().map(|(range, _)| range).collect();
            prop_assert!(covers_whole_ring(&ranges));
            prop_assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].end));
            prop_assert_eq!(map.placements().iter().map(|placement| placement.ranges.len()).sum::<usize>(), ranges.len());
        }
    }

    #[test]
    fn every_data_centre_has_its_replicas_over_as_many_racks_as_there_are(members in members(), wanted in wanted()) {
        let Ok(map) = PlacementMap::compute(&members, &Replication::NetworkTopology(wanted.clone())) else { return Ok(()) };
        for placement in map.placements() {
            for centre in members.values().map(|member| &member.data_centre) {
                let all = wanted.get(centre).map_or(0, |replicas| replicas.all as usize);
                let owners = || members.values().filter(|member| member.data_centre == *centre && !member.tokens.is_empty());
                let racks = owners().map(|member| &member.rack).collect::<BTreeSet<_>>().len();
                let chosen: Vec<_> = placement.replicas.iter().chain(&placement.transient)
                    .filter(|node| members[node].data_centre == *centre).collect();
                prop_assert_eq!(chosen.iter().collect::<BTreeSet<_>>().len(), all.min(owners().count()));
                let used = chosen.iter().map(|node| &members[node].rack).collect::<BTreeSet<_>>().len();
                prop_assert_eq!(used, all.min(racks));
            }
        }
    }

    #[test]
    fn a_token_is_on_the_replicas_of_its_range(members in members(), all in 1..5_u32, token in any::<i64>()) {
        let Ok(map) = PlacementMap::compute(&members, &Replication::Simple(full(all))) else { return Ok(()) };
        let token = Token::new(token);
        let (_, placement) = map.ranges().find(|(range, _)| range.contains(token)).unwrap();
        prop_assert_eq!(map.replicas_of(token), &placement.replicas);
    }
}
