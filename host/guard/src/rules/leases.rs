//! Nobody works on a node that other work holds.

mod compatible;
#[cfg(test)]
mod tests;

use ringkeeper_plan::Impact;

use crate::scene::{Scene, list};
use crate::{Block, Lease, Rule};

pub use compatible::compatible;

/// Blocks by leases of others on the proposal's nodes.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    if scene.proposal.impact == Impact::Observe {
        return Vec::new();
    }
    let work = scene.work();
    let on_its_nodes = scene
        .world
        .leases
        .iter()
        .filter(|lease| scene.proposal.nodes.contains(&lease.node) && !scene.is_own(lease));
    let stands_in_the_way = |lease: &&Lease| {
        let pairs = lease
            .work
            .iter()
            .flat_map(|held| work.iter().map(move |wanted| (*held, *wanted)));
        !pairs.into_iter().all(|(held, wanted)| compatible(held, wanted))
    };
    on_its_nodes
        .filter(stands_in_the_way)
        .map(|lease| block(lease, scene))
        .collect()
}

fn block(lease: &Lease, scene: &Scene<'_>) -> Block {
    let what = list(lease.work.iter().map(|kind| kind.name().to_owned()));
    let value = format!("held by {} for {what} since {}", lease.holder, lease.since);
    if lease.until < scene.world.now {
        return Block::new(Rule::Leases, scene.name(lease.node), "lease", value)
            .since(lease.since)
            .lifted_by(format!(
                "overdue since {}: lifted when its work is at rest, which it is not yet",
                lease.until
            ));
    }
    Block::new(Rule::Leases, scene.name(lease.node), "lease", value)
        .since(lease.since)
        .lifted_by(format!(
            "lifted when that step is done and at rest, until {} at most",
            lease.until
        ))
}
