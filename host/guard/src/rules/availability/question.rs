//! Which keyspaces must keep which levels.

use std::collections::BTreeSet;

use ringkeeper_cluster::{ConsistencyLevel, KeyspaceView, NodeId};
use ringkeeper_ring::PlacementMap;

use super::in_use::asks_more;
use super::{auth, need};
use crate::LevelUse;
use crate::scene::Scene;

/// Whether a keyspace keeps a level.
pub(super) struct Question<'s> {
    pub(super) name: &'s str,
    pub(super) keyspace: &'s KeyspaceView,
    pub(super) level: ConsistencyLevel,
    /// Requests at this level, where it is not what the policy asks for.
    pub(super) evidence: Option<&'s LevelUse>,
    pub(super) map: Option<&'s PlacementMap<NodeId>>,
}

/// Every keyspace that is watched and not waived, at its level and at those in use that ask for more.
pub(super) fn questions<'s>(scene: &Scene<'s>) -> Vec<Question<'s>> {
    let mut questions = Vec::new();
    let nodes = scene.snapshot().nodes.values();
    let centres: BTreeSet<&str> = nodes.map(|node| node.data_centre.as_str()).collect();
    for (name, keyspace) in scene.snapshot().keyspaces.iter() {
        let Some(level) = keyspace.consistency_level else {
            continue;
        };
        if need::is_local(keyspace) || is_waived(scene, name) || auth::is_without_use(scene, name, keyspace) {
            continue;
        }
        let question = |level, evidence| Question {
            name,
            keyspace,
            level,
            evidence,
            map: keyspace.placements.as_deref(),
        };
        questions.push(question(level, None));
        if !keyspace.is_system {
            let used = scene.world.levels.iter().filter(|used| used.requests > 0);
            let replication = &keyspace.keyspace.replication;
            let more = used.filter(|used| asks_more(used.level, level, replication, centres.len()));
            questions.extend(more.map(|used| question(used.level, Some(used))));
        }
    }
    questions
}

fn is_waived(scene: &Scene<'_>, keyspace: &str) -> bool {
    let mut waivers = scene.policy.waivers.iter();
    waivers.any(|waiver| waiver.keyspace == keyspace && scene.world.now < waiver.until)
}
