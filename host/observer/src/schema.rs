//! The schema as last read, and whether the nodes agree on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeError, NodeId, NodeView, Schema, Snapshot, Warning};
use ringkeeper_seams::{TaskGroup, Timestamp};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long the sweep that begins to read the schema waits for it; afterwards the next sweep takes it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The schema as last read.
#[derive(Debug, Default)]
pub(crate) struct KnownSchema {
    pub(crate) schema: Arc<Schema>,
    pub(crate) observed_at: Option<Timestamp>,
    read_at: Duration,
    versions: BTreeSet<String>,
    under_way: Option<Begun>,
    pub(crate) warning: Option<Warning>,
}

impl KnownSchema {
    /// Whether it is to be read: it was not yet, or may have changed, or was read long ago. Never while it is read.
    pub(crate) fn is_due(&self, versions: &BTreeSet<String>, now: Duration, every: Duration) -> bool {
        let is_old = || now.saturating_sub(self.read_at) >= every;
        self.under_way.is_none() && (self.observed_at.is_none() || *versions != self.versions || is_old())
    }

    pub(crate) fn begin(&mut self, reading: SchemaReading, versions: BTreeSet<String>, now: Duration) {
        self.under_way = Some(Begun {
            reading,
            versions,
            at: now,
        });
    }

    /// Takes the answer if it is there. Answers whether it was.
    pub(crate) async fn take_answer(&mut self) -> bool {
        self.take_answer_within(Duration::ZERO).await
    }

    /// Takes the answer if it is there soon, and at once where the last reading failed: the next may hang too.
    pub(crate) async fn await_answer(&mut self) -> bool {
        let patience = if self.warning.is_none() {
            PATIENCE
        } else {
            Duration::ZERO
        };
        self.take_answer_within(patience).await
    }

    async fn take_answer_within(&mut self, patience: Duration) -> bool {
        let Some(begun) = &mut self.under_way else {
            return false;
        };
        let Ok(answer) = timeout(patience, &mut begun.reading.answer).await else {
            return false;
        };
        let Some(begun) = self.under_way.take() else {
            return false;
        };
        self.take(answer.ok(), begun);
        true
    }

    fn take(&mut self, answer: Option<SchemaAnswer>, begun: Begun) {
        match answer {
            Some(SchemaAnswer {
                schema: Ok(schema),
                at,
            }) => {
                *self = Self {
                    schema: Arc::new(schema),
                    observed_at: Some(at),
                    read_at: begun.at,
                    versions: begun.versions,
                    under_way: None,
                    warning: None,
                };
            }
            failed => {
                let error = failed.and_then(|answer| answer.schema.err());
                let reason =
                    error.map_or_else(|| "the reading broke off".to_owned(), |error| error.to_string());
                let message = format!("the schema could not be read: {reason}");
                self.warning = Some(Warning {
                    about: "schema".to_owned(),
                    message,
                });
            }
        }
    }
}

/// A reading of the schema in a task of its own, which ends with it.
#[derive(Debug)]
pub(crate) struct SchemaReading {
    _task: TaskGroup,
    answer: oneshot::Receiver<SchemaAnswer>,
}

impl SchemaReading {
    pub(crate) fn new(task: TaskGroup, answer: oneshot::Receiver<SchemaAnswer>) -> Self {
        Self { _task: task, answer }
    }
}

/// What came of it, and when.
#[derive(Debug)]
pub(crate) struct SchemaAnswer {
    pub(crate) schema: Result<Schema, NodeError>,
    pub(crate) at: Timestamp,
}

/// A reading that is under way, with what was known when it began.
#[derive(Debug)]
struct Begun {
    reading: SchemaReading,
    versions: BTreeSet<String>,
    at: Duration,
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
