//! The nine rules. Each looks at the scene and adds what stands in the way.

pub(crate) mod availability;
pub(crate) mod leases;
pub(crate) mod one_rack;

use crate::Block;
use crate::scene::Scene;

/// Every rule's blocks, in order.
pub(crate) fn ask_all(scene: &Scene<'_>) -> Vec<Block> {
    const RULES: [fn(&Scene<'_>) -> Vec<Block>; 3] = [availability::ask, leases::ask, one_rack::ask];
    RULES.into_iter().flat_map(|ask| ask(scene)).collect()
}
