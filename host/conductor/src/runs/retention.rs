//! What is forgotten, and when.

use std::time::Duration;

use ringkeeper_journal::Retention;

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
        match self.journal().prune(&cluster.name, &retention).await {
            Ok(removed) => {
                cluster.stream.forget_runs_before(retention.runs_before);
                tracing::debug!(cluster = cluster.name, removed, "old events were forgotten");
            }
            Err(error) => tracing::warn!(cluster = cluster.name, %error, "old events cannot be forgotten"),
        }
    }

    /// Once nothing can run any more that a lost journal knew of, says so to the new one.
    pub(super) async fn settle_journal(&self, cluster: &Watched) {
        let now = self.seams().clock.now();
        // The journal is one for all clusters, so the longest window counts.
        let longest = self.watched().filter_map(|cluster| cluster.held_until()).max();
        let is_over = longest.is_some_and(|until| until <= now);
        if !is_over || !cluster.may_settle() {
            return;
        }
        match self.journal().settle().await {
            Ok(()) => tracing::info!(cluster = cluster.name, "the time of a lost journal is over"),
            Err(error) => {
                tracing::warn!(cluster = cluster.name, %error, "that a lost journal is settled cannot be written")
            }
        }
    }
}
