//! What a cluster survives: a naive look at every range, of its own and not the guard's.

use std::collections::BTreeSet;

use ringkeeper_cluster::{ConsistencyLevel, NodeId};
use ringkeeper_config::{KeyspacePolicy, Scenario};
use ringkeeper_ring::{PlacementMap, Replicas, Replication, RingMember};
use ringkeeper_sim::SimCluster;

use crate::places::Places;

/// Where the ranges of the scenario's keyspaces are, and how many replicas of each must serve.
#[derive(Clone, Debug)]
pub(crate) struct Atlas {
    keyspaces: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    name: String,
    level: ConsistencyLevel,
    map: PlacementMap<NodeId>,
}

/// Ranges that have too few replicas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Below {
    pub(crate) keyspace: String,
    pub(crate) level: ConsistencyLevel,
    /// The data centre; all where none is named.
    pub(crate) data_centre: Option<String>,
    pub(crate) range: String,
    pub(crate) left: usize,
    pub(crate) needed: usize,
}

impl Atlas {
    pub(crate) fn of(scenario: &Scenario, cluster: &SimCluster) -> Self {
        let members: std::collections::BTreeMap<NodeId, RingMember> = cluster
            .nodes()
            .into_iter()
            .filter_map(|id| cluster.node(id))
            .map(|node| {
                let member = RingMember {
                    data_centre: node.data_centre,
                    rack: node.rack,
                    tokens: node.tokens,
                };
                (node.id, member)
            })
            .collect();
        let kept = scenario.keyspaces.iter().filter_map(|keyspace| {
            let level = match scenario.policy.keyspaces.get(&keyspace.name) {
                Some(KeyspacePolicy::Unwatched) => return None,
                Some(KeyspacePolicy::Keep(level)) => *level,
                None => scenario.policy.default_consistency,
            };
            Some(Kept {
                name: keyspace.name.clone(),
                level,
                map: PlacementMap::compute(&members, &replication(&keyspace.replicas)).ok()?,
            })
        });
        Self {
            keyspaces: kept.collect(),
        }
    }

    /// The first range with a replica on `node` that has too few replicas left when the nodes of `away` do not serve.
    pub(crate) fn below(&self, places: &Places, node: NodeId, away: &BTreeSet<NodeId>) -> Option<Below> {
        for kept in &self.keyspaces {
            for (range, placement) in kept.map.ranges() {
                if !placement.replicas.contains(&node) {
                    continue;
                }
                let centre_of = |id: &NodeId| places.place(*id).map(|place| place.data_centre.as_str());
                let own = centre_of(&node);
                let in_own: Vec<NodeId> = placement
                    .replicas
                    .iter()
                    .copied()
                    .filter(|id| centre_of(id) == own)
                    .collect();
                let (concerned, is_local) = match kept.level {
                    ConsistencyLevel::LocalQuorum
                    | ConsistencyLevel::LocalSerial
                    | ConsistencyLevel::EachQuorum => (&in_own, true),
                    _ => (&placement.replicas, false),
                };
                let needed = needed(kept.level, concerned.len());
                let left = concerned.iter().filter(|id| !away.contains(id)).count();
                if left < needed {
                    return Some(Below {
                        keyspace: kept.name.clone(),
                        level: kept.level,
                        data_centre: is_local.then(|| own.unwrap_or_default().to_owned()),
                        range: range.to_string(),
                        left,
                        needed,
                    });
                }
            }
        }
        None
    }
}

/// Replicas that must answer, of so many.
const fn needed(level: ConsistencyLevel, replicas: usize) -> usize {
    match level {
        ConsistencyLevel::One => 1,
        ConsistencyLevel::Two => 2,
        ConsistencyLevel::Three => 3,
        ConsistencyLevel::Quorum
        | ConsistencyLevel::LocalQuorum
        | ConsistencyLevel::EachQuorum
        | ConsistencyLevel::Serial
        | ConsistencyLevel::LocalSerial => replicas / 2 + 1,
        ConsistencyLevel::All => replicas,
    }
}

/// How a keyspace with these replicas a data centre is replicated.
pub(crate) fn replication(replicas: &std::collections::BTreeMap<String, u8>) -> Replication {
    Replication::NetworkTopology(
        replicas
            .iter()
            .map(|(centre, count)| {
                let all = u32::from(*count);
                (centre.clone(), Replicas { all, transient: 0 })
            })
            .collect(),
    )
}
