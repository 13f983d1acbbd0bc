//! Placements: what a node says and what the ring computes are the same.

use std::collections::BTreeMap;

use ringkeeper_cluster::{Cluster as _, Endpoint};
use ringkeeper_ring::{PlacementMap, RingMember, TokenRange};
use ringkeeper_seams::{Draw, Entropy};

use super::support::Live;

const KEYSPACES: usize = 10;

pub(super) async fn placements_are_those_the_ring_computes(live: &Live) {
    let members: BTreeMap<Endpoint, RingMember> = live
        .cluster
        .topology(live.first())
        .await
        .unwrap()
        .members
        .into_values()
        .map(|member| {
            let place = RingMember {
                data_centre: member.data_centre,
                rack: member.rack,
                tokens: member.tokens,
            };
            (member.endpoint, place)
        })
        .collect();
    let session = live.session().await;
    let mut draw = Entropy::from_seed(1).stream("replication settings");
    for number in 0..KEYSPACES {
        let (name, options) = (format!("placed_{number}"), options(number, &mut draw));
        let statement = format!("CREATE KEYSPACE {name} WITH replication = {options}");
        session.query_unpaged(statement, ()).await.unwrap();
        let replication = live.cluster.schema().await.unwrap().keyspaces[&name]
            .replication
            .clone();

        let computed: BTreeMap<TokenRange, Vec<Endpoint>> = PlacementMap::compute(&members, &replication)
            .unwrap()
            .ranges()
            .map(|(range, placement)| (range, placement.replicas.clone()))
            .collect();
        let claimed: BTreeMap<TokenRange, Vec<Endpoint>> = live
            .cluster
            .placements(live.first(), &name)
            .await
            .unwrap()
            .into_iter()
            .map(|placement| (placement.range, placement.replicas))
            .collect();
        assert_eq!(claimed, computed, "{options}");
    }
}

/// Settings up to more replicas than there are nodes; the strategies take turns.
fn options(number: usize, draw: &mut Draw) -> String {
    let mut up_to = |most: u64| draw.next_u64() % (most + 1);
    if number.is_multiple_of(2) {
        format!(
            "{{'class': 'SimpleStrategy', 'replication_factor': {}}}",
            1 + up_to(5)
        )
    } else {
        format!(
            "{{'class': 'NetworkTopologyStrategy', 'dc1': {}, 'dc2': {}}}",
            1 + up_to(3),
            up_to(3)
        )
    }
}
