//! Who is in the ring, and where its ranges are.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::Endpoint;
use ringkeeper_ring::{PlacementMap, RingMember, TokenRange};

use super::ring::{KEYSPACE, Ring, until};

pub(super) async fn every_node_tells_the_same_ring(ring: &dyn Ring) {
    let nodes = ring.nodes();
    let endpoints: BTreeSet<Endpoint> = nodes.iter().map(|node| node.endpoint).collect();
    // What a node has gossiped is with its peers a moment later.
    let told = until(ring, "one word of the ring", async || {
        let mut told = Vec::new();
        for node in &nodes {
            told.push(ring.cluster().topology(node.endpoint).await.unwrap());
        }
        told.dedup();
        (told.len() == 1).then(|| told.remove(0))
    })
    .await;
    assert_eq!(told.members.len(), nodes.len());
    for node in &nodes {
        let member = &told.members[&node.node];
        assert_eq!(
            (member.endpoint, member.data_centre.as_str(), member.rack.as_str()),
            (node.endpoint, node.data_centre.as_str(), node.rack.as_str())
        );
        assert_eq!(member.gossip_status.as_deref(), Some("NORMAL"));
        assert_eq!(member.tokens.len(), 16);
        assert!(member.tokens.is_sorted());

        let report = ring.cluster().membership(node.endpoint).await.unwrap();
        assert_eq!(report.host_id, node.node);
        assert_eq!((&report.live, report.unreachable.len()), (&endpoints, 0));
        assert_eq!(report.operation_mode, "NORMAL");
        assert!(report.gossip_running && report.native_transport_running);
        assert_eq!(report.schema_version, member.schema_version.clone().unwrap());
        assert_eq!(report.repair_commands, BTreeSet::new());
        assert_eq!(report.work.streams, []);
    }
}

pub(super) async fn placements_are_those_the_ring_computes(ring: &dyn Ring) {
    let nodes = ring.nodes();
    let topology = ring.cluster().topology(nodes[0].endpoint).await.unwrap();
    let schema = ring.cluster().schema().await.unwrap();
    let members = topology.members.into_values().map(|member| {
        let place = RingMember {
            data_centre: member.data_centre,
            rack: member.rack,
            tokens: member.tokens,
        };
        (member.endpoint, place)
    });
    let members = members.collect();
    for keyspace in [KEYSPACE, "system_distributed", "system_traces", "system_auth"] {
        let replication = &schema.keyspaces[keyspace].replication;
        let map = PlacementMap::compute(&members, replication).unwrap();
        let computed: BTreeMap<TokenRange, Vec<Endpoint>> = map
            .ranges()
            .map(|(range, placement)| (range, placement.replicas.clone()))
            .collect();
        for node in &nodes {
            let placements = ring.cluster().placements(node.endpoint, keyspace).await.unwrap();
            let told: BTreeMap<TokenRange, Vec<Endpoint>> = placements
                .into_iter()
                .map(|placement| (placement.range, placement.replicas))
                .collect();
            assert_eq!(told, computed, "{keyspace}");
        }
    }
}
