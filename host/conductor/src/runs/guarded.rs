//! How the guard stands towards open runs, in numbers.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_guard::Rule;

use super::run::UndoState;
use crate::Conductor;

/// How the guard stands towards the open runs of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// The cluster.
    pub cluster: String,
    /// Steps that each rule holds up; a step that several hold up counts for each. Every rule is there.
    pub blocked_steps: BTreeMap<&'static str, usize>,
    /// Calls whose undo is open.
    pub open_undos: usize,
    /// Those of them whose last try failed.
    pub failing_undos: usize,
}

impl Conductor {
    /// How the guard stands towards the open runs of every cluster.
    #[must_use]
    pub fn guarded(&self) -> Vec<Guarded> {
        let stand = |cluster: &std::sync::Arc<crate::conductor::Watched>| {
            let book = cluster.stream.book();
            let mut guarded = Guarded {
                cluster: cluster.name.clone(),
                blocked_steps: Rule::EVERY.iter().map(|rule| (rule.name(), 0)).collect(),
                open_undos: 0,
                failing_undos: 0,
            };
            for run in book.open_runs() {
                for step in run.steps.iter().filter(|step| !step.state.is_end()) {
                    let rules: BTreeSet<&str> = step.blocks.iter().map(|block| block.rule.as_str()).collect();
                    for rule in rules {
                        if let Some(count) = guarded.blocked_steps.get_mut(rule) {
                            *count += 1;
                        }
                    }
                }
                for effect in run.effects.values() {
                    if let Some(UndoState::Open(failed)) = &effect.undo {
                        guarded.open_undos += 1;
                        guarded.failing_undos += usize::from(failed.is_some());
                    }
                }
            }
            guarded
        };
        self.watched().map(stand).collect()
    }
}
