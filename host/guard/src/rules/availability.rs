//! Every range keeps the replicas that its keyspace's consistency level needs.

mod auth;
mod count;
mod in_use;
mod need;
mod question;
#[cfg(test)]
mod reference;
mod seats;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;
use ringkeeper_ring::PlacementMap;

use crate::scene::Scene;
use crate::standing::MapKey;
use crate::{Block, Rule};
use count::count;
use question::{Question, questions};
use seats::Seats;

/// Blocks where too few replicas would be left.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    let may_remove = |node: &NodeId| scene.standing(*node).may_serve();
    if !scene.disrupts() || !scene.proposal.nodes.iter().any(may_remove) {
        return Vec::new();
    }
    if scene.snapshot().schema_observed_at.is_none() {
        return vec![schema_unread()];
    }
    let mut blocks = Vec::new();
    let mut shorts = Vec::new();
    let seats = Seats::of(scene);
    let (with_map, without): (Vec<_>, Vec<_>) = questions(scene)
        .into_iter()
        .partition(|question| question.map.is_some());
    for (key, (map, questions)) in by_map(&with_map) {
        shorts.extend(count(&seats, map, scene.reach.placements(key), &questions));
    }
    for question in without.iter().filter(|question| question.evidence.is_none()) {
        blocks.push(words::placements_unknown(question));
    }
    blocks.extend(words::blocks(scene, shorts));
    blocks
}

/// A map with everything that is asked about it.
type Asked<'q, 's> = (&'s PlacementMap<NodeId>, Vec<&'q Question<'s>>);

/// Questions about one map are counted together.
fn by_map<'q, 's>(questions: &'q [Question<'s>]) -> BTreeMap<MapKey, Asked<'q, 's>> {
    let mut maps = BTreeMap::new();
    for question in questions {
        if let (Some(key), Some(map)) = (MapKey::of(question.keyspace), question.map) {
            let (_, asked): &mut Asked<'q, 's> = maps.entry(key).or_insert_with(|| (map, Vec::new()));
            asked.push(question);
        }
    }
    maps
}

fn schema_unread() -> Block {
    Block::new(Rule::Availability, "keyspaces", "replication", "not read yet")
        .lifted_by("lifted when the schema was read from a node")
}
