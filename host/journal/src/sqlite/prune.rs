//! Removing what may go, a little at a time.

use super::SqliteJournal;
use super::stream;
use crate::retention::Aged;
use crate::topic::Topic;
use crate::{JournalError, Retention, Version};

/// Events looked at in one transaction.
const LOOKED_AT: usize = 5000;
/// Events removed in one transaction. Writers get their turn between two.
const REMOVED: usize = 500;

impl SqliteJournal {
    pub(super) async fn remove_old(&self, cluster: &str, retention: &Retention) -> Result<u64, JournalError> {
        let doomed = self.doomed(cluster, retention).await?;
        let mut removed = 0;
        for some in doomed.chunks(REMOVED) {
            let (cluster, some) = (cluster.to_owned(), some.to_vec());
            removed += self
                .run(move |transaction| stream::remove(transaction, &cluster, &some))
                .await?;
        }
        Ok(removed)
    }

    /// What is appended meanwhile changes none of it: what is over stays over.
    async fn doomed(&self, cluster: &str, retention: &Retention) -> Result<Vec<Version>, JournalError> {
        let mut doomed = Vec::new();
        let mut after = (String::new(), Version(0));
        let mut events: Vec<Aged> = Vec::new();
        loop {
            let (of, from) = (cluster.to_owned(), after.clone());
            let page = self
                .run(move |transaction| stream::ages(transaction, &of, &from, LOOKED_AT))
                .await?;
            let is_last = page.len() < LOOKED_AT;
            for (topic, aged) in page {
                if topic != after.0 {
                    doomed.extend(retention.doomed(&Topic::written(after.0), &events));
                    events.clear();
                }
                after = (topic, aged.version);
                events.push(aged);
            }
            if is_last {
                doomed.extend(retention.doomed(&Topic::written(after.0), &events));
                return Ok(doomed);
            }
        }
    }
}
