//! What needs a person's word has it, and the plugin still has its grants.

#[cfg(test)]
mod tests;

use ringkeeper_plan::Impact;

use crate::scene::Scene;
use crate::{Approval, Block, Rule};

/// A block where a person's word or the operator's grant is missing.
pub(crate) fn ask(scene: &Scene<'_>) -> Vec<Block> {
    let block = match &scene.proposal.approval {
        Approval::Automatic | Approval::Given { .. } => None,
        Approval::Missing { hash } if scene.proposal.impact != Impact::Observe => Some(
            Block::new(Rule::Approval, format!("plan {hash}"), "approval", "is missing")
                .lifted_by(format!("lifted by a person: `{}`", command(scene, hash))),
        ),
        Approval::Missing { .. } => None,
        Approval::Denied { reason } => Some(
            Block::new(
                Rule::Approval,
                "operator's configuration",
                "does not allow it:",
                reason,
            )
            .lifted_by("lifted by another configuration, and a new plan"),
        ),
    };
    block.into_iter().collect()
}

/// What a person types to give the word that is missing.
fn command(scene: &Scene<'_>, hash: &str) -> String {
    match &scene.proposal.holder {
        Some(holder) => format!("ringkeeper runs approve {} {hash}", holder.run),
        None => format!("ringkeeper run OPERATION --approve {hash}"),
    }
}
