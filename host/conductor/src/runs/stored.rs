//! Plans that were shown to somebody and may be approved, as the stream has them.

use std::collections::BTreeMap;

use ringkeeper_journal::{KeptPlan, RunId};
use ringkeeper_seams::Timestamp;

/// Plans kept of one cluster; the oldest makes room.
const MOST: usize = 20;

/// A plan that was shown, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct StoredPlan {
    pub(crate) plan: KeptPlan,
    pub(crate) made_at: Timestamp,
    /// The run that it was approved for.
    pub(crate) used: Option<RunId>,
}

/// Plans by hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredPlans(BTreeMap<String, StoredPlan>);

impl StoredPlans {
    /// Keeps a plan that was shown. One that was used before may be used again, since it was made anew.
    pub(crate) fn keep(&mut self, plan: KeptPlan, made_at: Timestamp) {
        let hash = plan.plan.hash.clone();
        let stored = StoredPlan {
            plan,
            made_at,
            used: None,
        };
        self.0.insert(hash, stored);
        if self.0.len() > MOST {
            let oldest = self.0.iter().min_by_key(|(_, stored)| stored.made_at);
            let oldest = oldest.map(|(hash, _)| hash.clone());
            oldest.map(|hash| self.0.remove(&hash));
        }
    }

    /// The plan of this hash, however it stands.
    pub(crate) fn get(&self, hash: &str) -> Option<&StoredPlan> {
        self.0.get(hash)
    }

    /// Notes that a plan was approved for a run.
    pub(crate) fn note_used(&mut self, hash: &str, run: &RunId) {
        if let Some(stored) = self.0.get_mut(hash) {
            stored.used.get_or_insert_with(|| run.clone());
        }
    }
}
