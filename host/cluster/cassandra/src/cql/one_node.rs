//! Sessions with one node alone: what it answers is its own, and no other may answer for it.

use std::sync::Arc;

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, RecordedRepair};
use ringkeeper_seams::Timestamp;
use scylla::policies::host_filter::AllowListHostFilter;

use super::session::{Cql, place};
use super::{failure, repairs};

const WHAT: &str = "the node's memory of repairs";

impl Cql {
    /// Reads what this very node remembers of repairs begun at `since` or later.
    ///
    /// # Errors
    /// When it does not give it in time.
    pub(crate) async fn coordinated_repairs(
        &self,
        node: Endpoint,
        since: Timestamp,
    ) -> Result<Vec<RecordedRepair>, NodeError> {
        let addresses = self.addresses(&[node]);
        let place = place(&addresses);
        let reading = async {
            // The driver learns of all other nodes, and must speak to none of them.
            let only = AllowListHostFilter::new(addresses.clone())
                .map_err(|error| NodeError::new(NodeErrorKind::Failed, &place, error.to_string()))?;
            let session = self
                .builder(&addresses)
                .host_filter(Arc::new(only))
                .build()
                .await
                .map_err(|error| failure::of_session(&error, &place))?;
            repairs::coordinated(&session, since)
                .await
                .map_err(|error| failure::of_reading(&error, WHAT, &place))
        };
        self.in_time(WHAT, &place, reading).await
    }
}
