//! The order of steps, such that few wait for a node.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::draft::Draft;
use crate::world::Place;

/// Orders drafts in rounds: those of one round share no node, and can all be done at the same time. The longest choose
/// first, each the earliest round in which its nodes are free.
pub(crate) fn few_wait(mut drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    let mut rounds = BTreeMap::<Place, Rounds>::new();
    let mut numbered = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let mut round = 0;
        let busy = |node: &Place, round| rounds.get(node).map_or(round, |taken| taken.free_from(round));
        // Every node may move it on, until all agree.
        while let Some(later) = draft
            .nodes
            .iter()
            .map(|node| busy(node, round))
            .max()
            .filter(|it| *it > round)
        {
            round = later;
        }
        for node in &draft.nodes {
            rounds.entry(*node).or_default().take(round);
        }
        numbered.push((round, draft));
    }
    numbered.sort_by_key(|(round, _)| *round);
    numbered.into_iter().map(|(_, draft)| draft).collect()
}

/// Rounds in which a node has something to do.
#[derive(Default)]
struct Rounds {
    /// All before this one.
    full: usize,
    /// And these.
    taken: BTreeSet<usize>,
}

impl Rounds {
    /// The first round from this one on that is free.
    fn free_from(&self, round: usize) -> usize {
        let mut round = round.max(self.full);
        while self.taken.contains(&round) {
            round += 1;
        }
        round
    }

    fn take(&mut self, round: usize) {
        self.taken.insert(round);
        while self.taken.remove(&self.full) {
            self.full += 1;
        }
    }
}
