//! The nine rules. Each looks at the scene and answers what stands in the way.

mod approval;
mod availability;
mod foreign;
pub(crate) mod leases;
mod one_rack;
mod pressure;
mod releases;
mod topology;
mod windows;

use crate::scene::Scene;
use crate::{Block, Rule};

/// In the order of [`crate::Rule::EVERY`].
const RULES: [fn(&Scene<'_>) -> Vec<Block>; 9] = [
    availability::ask,
    leases::ask,
    one_rack::ask,
    topology::ask,
    windows::ask,
    pressure::ask,
    foreign::ask,
    approval::ask,
    releases::ask,
];

/// Every rule's blocks, in order.
pub(crate) fn ask_all(scene: &Scene<'_>) -> Vec<Block> {
    let omitted = &scene.policy.omitted;
    let asked = Rule::EVERY
        .into_iter()
        .zip(RULES)
        .filter(|(rule, _)| !omitted.contains(rule));
    asked.flat_map(|(_, ask)| ask(scene)).collect()
}
