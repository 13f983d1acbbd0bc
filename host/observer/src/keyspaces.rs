//! Keyspaces with their placements. No I/O.

use std::collections::BTreeMap;
use std::sync::Arc;

use ringkeeper_cluster::{
    Endpoint, KeyspaceView, NodeId, NodePlacement, Schema, Warning, is_system_keyspace,
};
use ringkeeper_ring::{PlacementMap, Replication, RingMember, StrategyError, TokenRange};

use crate::ConsistencyPolicy;

/// A placement map with the number that stands for it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NumberedMap {
    pub(crate) map: Arc<PlacementMap<NodeId>>,
    pub(crate) number: u64,
}

impl NumberedMap {
    fn new(map: PlacementMap<NodeId>) -> Self {
        Self {
            number: map.digest(),
            map: Arc::new(map),
        }
    }
}

/// Placements of everything the schema asks for, kept as long as the ring stays as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Maps {
    ring: BTreeMap<NodeId, RingMember>,
    computed: BTreeMap<Replication, Result<NumberedMap, StrategyError>>,
    /// Of keyspaces whose strategy only the nodes know, by their own word.
    claimed: BTreeMap<String, NumberedMap>,
}

impl Maps {
    /// The same maps for this ring and schema. What is still true is not computed again. This takes a processor for
    /// milliseconds to seconds, by the size of the ring.
    pub(crate) fn fitting(mut self, ring: BTreeMap<NodeId, RingMember>, schema: &Schema) -> Self {
        if ring != self.ring {
            self = Self {
                ring,
                ..Self::default()
            };
        }
        self.computed.retain(|old, _| {
            schema
                .keyspaces
                .values()
                .any(|keyspace| keyspace.replication == *old)
        });
        self.claimed.retain(|name, _| schema.keyspaces.contains_key(name));
        for keyspace in schema.keyspaces.values() {
            if !self.computed.contains_key(&keyspace.replication) {
                let map = PlacementMap::compute(&self.ring, &keyspace.replication).map(NumberedMap::new);
                let map = map.map(|map| self.shared(map));
                self.computed.insert(keyspace.replication.clone(), map);
            }
        }
        self
    }

    /// Different options can mean the same placements; then one map is kept.
    fn shared(&self, map: NumberedMap) -> NumberedMap {
        self.computed
            .values()
            .filter_map(|known| known.as_ref().ok())
            .find(|known| **known == map)
            .cloned()
            .unwrap_or(map)
    }

    pub(crate) fn of(&self, keyspace: &str, replication: &Replication) -> Option<&NumberedMap> {
        let computed = self.computed.get(replication).and_then(|map| map.as_ref().ok());
        computed.or_else(|| self.claimed.get(keyspace))
    }

    pub(crate) fn claim(&mut self, keyspace: &str, map: PlacementMap<NodeId>) {
        self.claimed.insert(keyspace.to_owned(), NumberedMap::new(map));
    }

    /// The keyspaces of the schema as people and plugins see them.
    pub(crate) fn views(
        &self,
        schema: &Schema,
        policy: &ConsistencyPolicy,
    ) -> BTreeMap<String, KeyspaceView> {
        let view = |name: &String, keyspace: &ringkeeper_cluster::Keyspace| {
            let map = self.of(name, &keyspace.replication);
            KeyspaceView {
                keyspace: keyspace.clone(),
                is_system: is_system_keyspace(name),
                consistency_level: policy.level_of(keyspace),
                placements: map.map(|map| Arc::clone(&map.map)),
                placement_map: map.map(|map| map.number),
            }
        };
        schema
            .keyspaces
            .iter()
            .map(|(name, keyspace)| (name.clone(), view(name, keyspace)))
            .collect()
    }
}

/// What is wrong with placements that a node claims, held against the computed ones; none if nothing is. The order of
/// replicas does not matter.
pub(crate) fn difference(
    keyspace: &str,
    computed: &PlacementMap<NodeId>,
    claimed: &[NodePlacement],
    via: Endpoint,
    ids: &BTreeMap<Endpoint, NodeId>,
) -> Option<Warning> {
    let mut ours = BTreeMap::new();
    for (range, placement) in computed.ranges() {
        let mut nodes: Vec<_> = placement
            .replicas
            .iter()
            .chain(&placement.transient)
            .map(|id| Some(*id))
            .collect();
        nodes.sort_unstable();
        ours.insert(range, nodes);
    }
    let mut wrong: Vec<TokenRange> = Vec::new();
    for claim in claimed {
        let mut nodes: Vec<Option<NodeId>> = claim
            .replicas
            .iter()
            .map(|replica| ids.get(replica).copied())
            .collect();
        nodes.sort_unstable();
        if ours.remove(&claim.range) != Some(nodes) {
            wrong.push(claim.range);
        }
    }
    // What the node does not claim at all.
    wrong.extend(ours.into_keys());
    wrong.sort_unstable_by_key(|range| range.end);
    let first = wrong.first()?;
    Some(Warning {
        about: format!("placements/{keyspace}"),
        message: format!(
            "{via} has {} ranges of keyspace {keyspace} on other nodes than computed, the first being {first}",
            wrong.len()
        ),
    })
}
