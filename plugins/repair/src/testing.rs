//! Small and random clusters for tests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ringkeeper_ring::{PlacementMap, Replicas, Replication as RingReplication, RingMember, Token};
use ringkeeper_sdk::cluster::{DataCentreReplication, Replication};

use crate::world::{Chosen, Node, Place, Placement, Table, World};

/// The moment of every test.
pub(crate) const NOW: i64 = 1_700_000_000_000;

/// A world in the making.
pub(crate) struct Ring {
    pub(crate) world: World,
    members: BTreeMap<Place, RingMember>,
}

impl Ring {
    /// Data centres with so many nodes each, over three racks, every node with these many tokens dealt in turn.
    pub(crate) fn of(data_centres: &[(&str, usize)], tokens: usize) -> Self {
        let mut members = BTreeMap::new();
        for (name, nodes) in data_centres {
            for node in 0..*nodes {
                let member = RingMember {
                    data_centre: (*name).to_owned(),
                    rack: format!("r{}", node % 3),
                    tokens: Vec::new(),
                };
                members.insert(members.len(), member);
            }
        }
        let number = members.len() * tokens;
        let width = u64::MAX / number.max(1) as u64;
        for index in 0..number {
            let owner = index % members.len();
            let token = Token::MIN.advance(width * index as u64 + 7);
            members.get_mut(&owner).unwrap().tokens.push(token);
        }
        Self::with(members)
    }

    /// These members.
    pub(crate) fn with(members: BTreeMap<Place, RingMember>) -> Self {
        let nodes = members.iter().map(|(place, member)| Node {
            id: id(*place),
            address: format!("10.0.0.{}:7000", place + 1),
            data_centre: member.data_centre.clone(),
            not_up_since: None,
        });
        let world = World {
            now: NOW,
            nodes: nodes.collect(),
            ..World::default()
        };
        Self { world, members }
    }

    /// With a keyspace of so many replicas per data centre, and these tables of so many bytes on every node.
    pub(crate) fn keyspace(mut self, name: &str, replicas: &[(&str, u32)], tables: &[(&str, f32)]) -> Self {
        let wanted = replicas.iter().map(|(name, all)| {
            let replicas = Replicas {
                all: *all,
                transient: 0,
            };
            ((*name).to_owned(), replicas)
        });
        let map = PlacementMap::compute(&self.members, &RingReplication::NetworkTopology(wanted.collect()))
            .unwrap();
        let placements: Vec<Placement> = map
            .placements()
            .iter()
            .map(|placement| Placement {
                replicas: placement.replicas.clone(),
                ranges: placement.ranges.clone(),
            })
            .collect();
        let known = self.world.maps.iter().position(|known| *known == placements);
        let map = known.unwrap_or_else(|| {
            self.world.maps.push(placements);
            self.world.maps.len() - 1
        });
        let wanted = replicas.iter().map(|(name, replicas)| DataCentreReplication {
            data_centre: (*name).to_owned(),
            replicas: *replicas,
            transient: 0,
        });
        self.world.chosen.push(Chosen {
            keyspace: name.to_owned(),
            replication: Replication::NetworkTopology(wanted.collect()),
            map,
            by_name: false,
            tables: tables.iter().map(|(name, _)| table(name)).collect(),
            bytes: vec![tables.iter().map(|(_, bytes)| *bytes).collect(); self.world.nodes.len()],
        });
        self
    }
}

/// The host id of the node at this place.
pub(crate) fn id(place: Place) -> String {
    format!("00000000-0000-4000-8000-{place:012}")
}

/// The id of the table of this name.
pub(crate) fn table_id(name: &str) -> String {
    format!("id of {name}")
}

fn table(name: &str) -> Table {
    Table {
        name: name.to_owned(),
        digest: crate::digest::of_table(name, &table_id(name)),
    }
}

/// Random rings of one to nine nodes in one or two data centres, with two keyspaces.
pub(crate) fn rings() -> impl Strategy<Value = World> {
    let node = (
        0..2_usize,
        0..3_usize,
        prop::collection::btree_set(any::<i64>(), 1..5),
    );
    let tables = prop::collection::vec(0.0..1e12_f32, 1..6);
    let keyspace = (0..4_u32, 0..4_u32, tables);
    (
        prop::collection::vec(node, 1..10),
        prop::collection::vec(keyspace, 1..3),
    )
        .prop_map(|(nodes, keyspaces)| {
            let members = nodes
                .into_iter()
                .enumerate()
                .map(|(place, (data_centre, rack, tokens))| {
                    let member = RingMember {
                        data_centre: format!("dc{data_centre}"),
                        rack: format!("r{rack}"),
                        tokens: tokens.into_iter().map(Token::new).collect(),
                    };
                    (place, member)
                });
            let mut ring = Ring::with(members.collect());
            for (index, (first, second, sizes)) in keyspaces.into_iter().enumerate() {
                let names: Vec<String> = (0..sizes.len()).map(|table| format!("t{table}")).collect();
                let tables: Vec<(&str, f32)> = names.iter().map(String::as_str).zip(sizes).collect();
                ring = ring.keyspace(&format!("k{index}"), &[("dc0", first), ("dc1", second)], &tables);
            }
            ring.world
        })
}
