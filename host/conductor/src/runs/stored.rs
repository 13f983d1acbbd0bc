//! Plans that were shown to somebody and may be approved: kept for a day, in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ringkeeper_seams::Timestamp;

use super::opening::Planned;

/// How long a plan may be approved.
const VALID: Duration = Duration::from_secs(24 * 3_600);
/// Plans kept of one cluster; the oldest makes room.
const MOST: usize = 20;

/// A plan and when it was made.
pub(crate) struct StoredPlan {
    pub(crate) planned: Planned,
    pub(crate) made_at: Timestamp,
}

/// Plans by hash.
#[derive(Default)]
pub(crate) struct StoredPlans(Mutex<BTreeMap<String, StoredPlan>>);

impl StoredPlans {
    /// Keeps a plan that was shown.
    pub(crate) fn keep(&self, hash: &str, plan: StoredPlan) {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.insert(hash.to_owned(), plan);
        if plans.len() > MOST {
            let oldest = plans
                .iter()
                .min_by_key(|(_, plan)| plan.made_at)
                .map(|(hash, _)| hash.clone());
            oldest.map(|hash| plans.remove(&hash));
        }
    }

    /// Takes a plan to carry it out, if it is there and not too old.
    pub(crate) fn take(&self, hash: &str, now: Timestamp) -> Option<StoredPlan> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|_, plan| now.since(plan.made_at) < VALID);
        plans.remove(hash)
    }
}

impl std::fmt::Debug for StoredPlans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredPlans")
    }
}
