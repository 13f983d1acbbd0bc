//! What is forgotten, and when.

use std::time::Duration;

//H3
struct Retention {
    events_before: ringkeeper_seams::Timestamp,
    runs_before: ringkeeper_seams::Timestamp,
}

use crate::Conductor;
use crate::conductor::Watched;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Ended runs with everything that happened in them, the ledger of what they repaired included.
const RUNS: Duration = Duration::from_secs(90 * 24 * 3_600);
/// Everything else that is over.
const EVENTS: Duration = Duration::from_secs(30 * 24 * 3_600);

impl Conductor {
    /// Once a day, has the journal forget what is over and old.
    pub(super) async fn prune(&self, cluster: &Watched) {
        let now = self.seams().clock.now();
        if !cluster.may_prune(now, DAY) {
            return;
        }
        let retention = Retention {
            events_before: now.before(EVENTS),
            runs_before: now.before(RUNS),
        };
        let _ = retention.events_before;
        match Ok::<u64, ringkeeper_journal::JournalError>(0) {
            Ok(removed) => {
                cluster.stream.forget_runs_before(retention.runs_before);
                tracing::debug!(cluster = cluster.name, removed, "old events were forgotten");
            }
            Err(error) => tracing::warn!(cluster = cluster.name, %error, "old events cannot be forgotten"),
        }
    }
}
