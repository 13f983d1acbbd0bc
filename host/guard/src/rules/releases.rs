//! What two release lines in one ring cannot bear is not done.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;

use crate::scene::Scene;
use crate::{Block, Rule, WorkKind};

/// A release line: X.Y.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line(u32, u32);

/// Blocks repairs and restores while two release lines are in the ring, or a live node's is unknown. Restarts stay
/// allowed, for that is how an upgrade goes on.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    let work = scene.work();
    let needs_one_line = [WorkKind::Repair, WorkKind::Restore]
        .into_iter()
        .find(|kind| work.contains(kind));
    let Some(kind) = needs_one_line else {
        return Vec::new();
    };
    let mut lines: BTreeMap<Line, Vec<NodeId>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (id, node) in &scene.snapshot().nodes {
        match node.release_version.as_deref().and_then(line) {
            Some(line) => lines.entry(line).or_default().push(*id),
            None if scene.standing(*id).may_serve() => unknown.push(*id),
            None => {}
        }
    }
    let mut blocks = Vec::new();
    if lines.len() > 1 {
        let each = lines.iter().map(|(Line(major, minor), nodes)| {
            format!("{major}.{minor} on {}", scene.names(nodes.iter().copied()))
        });
        blocks.push(
            Block::new(
                Rule::Releases,
                format!("cluster {}", scene.snapshot().cluster),
                "release lines",
                format!("{}: {}", lines.len(), each.collect::<Vec<_>>().join("; ")),
            )
            .limit(format!("1 for {}", kind.name()))
            .lifted_by("lifted when every node runs the same line"),
        );
    }
    blocks.extend(unknown.into_iter().map(|node| {
        Block::new(Rule::Releases, scene.name(node), "release version", "is unknown")
            .lifted_by("lifted when it says which version it runs")
    }));
    blocks
}

/// The line of a version such as `5.0.2` or `5.1-SNAPSHOT`.
fn line(version: &str) -> Option<Line> {
    let mut parts = version.split(['.', '-', '~', '+']);
    Some(Line(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
