//! The schema as last read.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeError, Schema, Warning};
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
