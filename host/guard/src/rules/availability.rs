//! Every range keeps the replicas that its keyspace's consistency level needs.

mod auth;
mod count;
mod in_use;
mod need;
mod question;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use ringkeeper_cluster::NodeId;
use ringkeeper_ring::PlacementMap;

use crate::scene::Scene;
use crate::{Block, Rule};
use count::{Seats, count};
use question::{Question, questions};

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
    for (map, questions) in by_map(&with_map) {
        shorts.extend(count(scene, &seats, map, &questions));
    }
    for question in without.iter().filter(|question| question.evidence.is_none()) {
        blocks.push(words::placements_unknown(question));
    }
    blocks.extend(words::blocks(scene, shorts));
    blocks
}

/// Questions about one map are counted together. A keyspace whose map has no number has one of its own.
fn by_map<'q, 's>(questions: &'q [Question<'s>]) -> Vec<(&'s PlacementMap<NodeId>, Vec<&'q Question<'s>>)> {
    let mut numbered = BTreeMap::new();
    for question in questions {
        if let Some(map) = question.map {
            // The same keyspace asks about its map at several levels.
            let key = question
                .map_number
                .ok_or_else(|| std::ptr::from_ref::<PlacementMap<NodeId>>(Arc::as_ref(map)).addr());
            let entry = numbered.entry(key).or_insert_with(|| (map.as_ref(), Vec::new()));
            entry.1.push(question);
        }
    }
    numbered.into_values().collect()
}

fn schema_unread() -> Block {
    Block::new(Rule::Availability, "keyspaces", "replication", "not read yet")
        .lifted_by("lifted when the schema was read from a node")
}
