//! The schema as last read, and whether the nodes agree on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeError, NodeId, NodeView, Schema, Snapshot, Warning};
use ringkeeper_seams::Timestamp;

/// The schema as last read.
#[derive(Debug, Default)]
pub(crate) struct KnownSchema {
    pub(crate) schema: Arc<Schema>,
    pub(crate) observed_at: Option<Timestamp>,
    read_at: Duration,
    versions: BTreeSet<String>,
    pub(crate) warning: Option<Warning>,
}

impl KnownSchema {
    pub(crate) fn is_due(&self, versions: &BTreeSet<String>, now: Duration, every: Duration) -> bool {
        self.observed_at.is_none() || *versions != self.versions || now.saturating_sub(self.read_at) >= every
    }

    pub(crate) fn take(
        &mut self,
        schema: Result<Schema, NodeError>,
        versions: BTreeSet<String>,
        now: Duration,
        at: Timestamp,
    ) {
        match schema {
            Ok(schema) => {
                let schema = Arc::new(schema);
                *self = Self {
                    schema,
                    observed_at: Some(at),
                    read_at: now,
                    versions,
                    warning: None,
                };
            }
            Err(error) => {
                let message = format!("the schema could not be read: {error}");
                self.warning = Some(Warning {
                    about: "schema".to_owned(),
                    message,
                });
            }
        }
    }
}

/// Since when the nodes that answered have had more than one schema version: since the snapshot before if they had
/// there, else since now; none while they agree.
pub(crate) fn disagrees_since(
    before: Option<&Snapshot>,
    nodes: &BTreeMap<NodeId, NodeView>,
    at: Timestamp,
) -> Option<Timestamp> {
    let versions: BTreeSet<_> = nodes
        .values()
        .filter_map(|node| node.schema_version.as_deref())
        .collect();
    (versions.len() > 1).then(|| {
        before
            .and_then(|before| before.schema_disagrees_since)
            .unwrap_or(at)
    })
}
