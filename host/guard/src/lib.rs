//! Whether work may begin now.
//!
//! The picture to keep in mind: a [`Proposal`] says what is to be done to which nodes, a [`World`] is everything that is
//! known at this moment with the time it was seen, a [`Policy`] is what the operator holds the cluster to. [`admit`] puts
//! the proposal before nine rules, one file each, and answers either nothing or every [`Block`]. It is pure: no clock,
//! no I/O, the same question has the same answer. The conductor asks it before a step begins and again before each
//! disrupting call; people ask it without any plugin. Nothing a plugin says reaches it but the proposal.

mod asking;
mod block;
#[cfg(test)]
mod documents;
mod lease;
mod policy;
mod proposal;
mod rules;
mod scene;
mod scope;
mod standing;
#[cfg(test)]
mod testing;
mod world;

use ringkeeper_plan::Impact;
use standing::Reach;

pub use asking::{ApprovalPolicy, Consent, ConsentByImpact};
pub use block::{Block, Rule, Short, Verdict};
pub use lease::{Holder, Lease, WorkKind};
pub use policy::{Policy, PressureLimits, Waiver};
pub use proposal::{Approval, Proposal};
pub use ringkeeper_cluster::LevelUse;
pub use ringkeeper_plan::Deadline;
pub use rules::leases::compatible;
pub use scope::{About, OutOfScope, Pattern, Scope, ScopedCall};
pub use standing::{Absence, FRESH, Standing, Standings, Why, who_must_be_heard, who_to_ask};
pub use world::{Foreign, ForeignKind, Frozen, World};

/// Puts a proposal before every rule.
#[must_use]
pub fn admit(proposal: &Proposal, world: &World<'_>, policy: &Policy) -> Verdict {
    let reach = match proposal.impact {
        Impact::Disrupt => Reach::of(&proposal.nodes, world.snapshot),
        Impact::Observe | Impact::Change => Reach::default(),
    };
    let scene = scene::Scene {
        proposal,
        world,
        policy,
        standings: Standings::judge(world, proposal, &reach.nodes),
        reach,
    };
    Verdict {
        blocks: rules::ask_all(&scene),
    }
}
