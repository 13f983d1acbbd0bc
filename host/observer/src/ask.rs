//! Questions to nodes, each with a limit, many at once.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::BoxFuture;
use futures::stream;
use ringkeeper_cluster::{
    Cluster, Endpoint, Machines, MembershipReport, NoMachines, NodeError, NodeErrorKind, Probe,
    ProcessIdentity,
};
use ringkeeper_seams::{Clock, TaskGroup, Timestamp};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::ObserverSettings;
use crate::schema::{SchemaAnswer, SchemaReading};

/// What a node said at the last sweep, or why it did not.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) at: Timestamp,
    pub(crate) said: Result<MembershipReport, NodeError>,
    /// The answer to a probe, if one was made.
    pub(crate) probe: Option<Result<Probe, NodeError>>,
}

/// Puts questions to a cluster.
#[derive(Debug)]
pub(crate) struct Asker {
    pub(crate) cluster: Arc<dyn Cluster>,
    pub(crate) machines: Arc<dyn Machines>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limit: Duration,
    schema_limit: Duration,
    concurrency: usize,
}

impl Asker {
    pub(crate) fn new(cluster: Arc<dyn Cluster>, clock: Arc<dyn Clock>, settings: &ObserverSettings) -> Self {
        Self {
            cluster,
            machines: Arc::new(NoMachines),
            clock,
            limit: settings.node_limit,
            schema_limit: settings.schema_limit,
            concurrency: settings.concurrency.max(1),
        }
    }

    /// The answer, or that the limit passed.
    pub(crate) async fn limited<T>(
        &self,
        place: impl fmt::Display,
        question: impl Future<Output = Result<T, NodeError>>,
    ) -> Result<T, NodeError> {
        timeout(self.limit, question)
            .await
            .unwrap_or_else(|_| Err(self.too_late(place)))
    }

    /// Asks everyone in this list, so many at once that the whole round ends within `every` even if nobody answers.
    pub(crate) async fn all<T>(&self, every: Duration, questions: Vec<BoxFuture<'_, T>>) -> Vec<T> {
        let rounds = every
            .as_nanos()
            .checked_div(self.limit.as_nanos())
            .unwrap_or(1)
            .max(1);
        let at_once = questions
            .len()
            .div_ceil(usize::try_from(rounds).unwrap_or(usize::MAX));
        stream::iter(questions)
            .buffer_unordered(at_once.max(self.concurrency))
            .collect()
            .await
    }

    /// What each of these endpoints says of its membership within `limit`; `probed` tells which process was probed there
    /// before.
    pub(crate) async fn membership(
        &self,
        endpoints: impl IntoIterator<Item = Endpoint>,
        probed: &BTreeMap<Endpoint, (ProcessIdentity, Probe)>,
        every: Duration,
        limit: Duration,
    ) -> BTreeMap<Endpoint, Heard> {
        let ask = |endpoint| -> BoxFuture<'_, (Endpoint, Heard)> {
            let process = probed.get(&endpoint).map(|(process, _)| process);
            Box::pin(async move { (endpoint, self.hear(endpoint, process, limit).await) })
        };
        self.all(every, endpoints.into_iter().map(ask).collect())
            .await
            .into_iter()
            .collect()
    }

    /// One limit for both questions; the report counts even if the probe takes too long.
    async fn hear(&self, endpoint: Endpoint, probed: Option<&ProcessIdentity>, limit: Duration) -> Heard {
        let mut heard = Heard {
            at: self.clock.now(),
            said: Err(too_late(management(endpoint), limit)),
            probe: None,
        };
        let asking = async {
            heard.said = self.cluster.membership(endpoint).await;
            heard.at = self.clock.now();
            if wants_probe(&heard.said, probed) {
                heard.probe = Some(self.cluster.probe(endpoint).await);
            }
        };
        if timeout(limit, asking).await.is_err() && wants_probe(&heard.said, probed) {
            heard.probe = Some(Err(too_late(management(endpoint), limit)));
        }
        // A node this product refuses says so when probed; that sentence is worth more than any other.
        if let Some(Err(refusal)) = &heard.probe
            && refusal.kind == NodeErrorKind::Unsupported
        {
            heard.said = Err(refusal.clone());
        }
        heard
    }

    /// Begins to read the schema in a task of its own, so that a reading that hangs delays no sweep.
    pub(crate) fn read_schema(&self) -> SchemaReading {
        let (answered, answer) = oneshot::channel();
        let (cluster, clock, limit) = (
            Arc::clone(&self.cluster),
            Arc::clone(&self.clock),
            self.schema_limit,
        );
        let mut task = TaskGroup::new();
        task.spawn(async move {
            let schema = timeout(limit, cluster.schema())
                .await
                .unwrap_or_else(|_| Err(too_late("schema", limit)));
            // Nobody listens any more only when the observer is gone.
            let _ = answered.send(SchemaAnswer {
                schema,
                at: clock.now(),
            });
        });
        SchemaReading::new(task, answer)
    }

    fn too_late(&self, place: impl fmt::Display) -> NodeError {
        too_late(place, self.limit)
    }
}

/// Where a node is asked, for people. Its endpoint is where it gossips, and the host never talks to that port.
pub(crate) fn management(node: Endpoint) -> String {
    format!("management endpoint of {}", node.ip())
}

fn too_late(place: impl fmt::Display, limit: Duration) -> NodeError {
    NodeError::new(
        NodeErrorKind::TimedOut,
        place,
        format!("no answer within {limit:?}"),
    )
}

/// Whether the node must say what it is: another process answered than the one probed, or an answer made no sense.
fn wants_probe(said: &Result<MembershipReport, NodeError>, probed: Option<&ProcessIdentity>) -> bool {
    match said {
        Ok(report) => probed != Some(&report.process),
        Err(error) => {
            probed.is_none() && matches!(error.kind, NodeErrorKind::Nonsense | NodeErrorKind::Failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_is_late_is_named_without_the_port_it_gossips_on() {
        let node = Endpoint::new("127.0.0.1:7000".parse().unwrap());
        let error = too_late(management(node), Duration::from_secs(2));
        assert!(
            error
                .to_string()
                .contains("management endpoint of 127.0.0.1: no answer within 2s"),
            "{error}"
        );
    }
}
