//! Schema versions that differ.

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;

use crate::scene::Scene;
use crate::{Block, Rule};

/// A block where nodes that answer have different schemas. The others have no version to count; they are named.
pub(super) fn block(scene: &Scene<'_>) -> Option<Block> {
    let mut versions: BTreeMap<&str, Vec<NodeId>> = BTreeMap::new();
    let mut silent = Vec::new();
    for (id, node) in &scene.snapshot().nodes {
        match &node.schema_version {
            Some(version) => versions.entry(version).or_default().push(*id),
            None => silent.push(*id),
        }
    }
    if versions.len() < 2 {
        return None;
    }
    let count = versions.len();
    let each = versions
        .into_iter()
        .map(|(version, nodes)| format!("{version} on {}", scene.names(nodes)));
    let mut lifted_by = "lifted when all live nodes have one version (`nodetool describecluster`)".to_owned();
    if !silent.is_empty() {
        lifted_by += &format!("; not counted, as they do not answer: {}", scene.names(silent));
    }
    let value = format!("{count}: {}", each.collect::<Vec<_>>().join("; "));
    let block = Block::new(Rule::Topology, "schema", "versions", value)
        .limit("1")
        .lifted_by(lifted_by);
    Some(Block {
        since: scene.snapshot().schema_disagrees_since,
        ..block
    })
}
