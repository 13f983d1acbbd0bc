//! The tiers of numbers: about nodes and the machines below them, and about tables.

use std::sync::Arc;

use futures::future::{BoxFuture, join};
use ringkeeper_cluster::{Answer, Endpoint, NodeError, NodeErrorKind, NodeId, Sample, Snapshot, Tier};
use ringkeeper_seams::Timestamp;

use crate::ask::management;
use crate::observer::Watch;

/// What one node or machine said, or why it did not.
struct Reading {
    node: NodeId,
    tier: Tier,
    at: Timestamp,
    numbers: Result<Vec<Sample>, NodeError>,
}

impl Watch {
    /// Reads the numbers of one tier from every node that answered at the last sweep, with the nodes' tier those of every
    /// machine, and publishes them together.
    pub(crate) async fn read_metrics(&self, tier: Tier) {
        let Some(snapshot) = self.latest() else { return };
        let questions = snapshot.nodes.values().filter_map(|node| {
            let (id, at) = (node.id, node.endpoint);
            let answers = node.answer == Answer::Answered;
            let question: BoxFuture<'_, Vec<Reading>> = match (tier, answers) {
                (Tier::Node, true) => Box::pin(async move {
                    let (own, machine) =
                        join(self.numbers(tier, id, at), self.numbers(Tier::Machine, id, at)).await;
                    vec![own, machine]
                }),
                (Tier::Node, false) => {
                    Box::pin(async move { vec![self.numbers(Tier::Machine, id, at).await] })
                }
                (_, true) => Box::pin(async move { vec![self.numbers(tier, id, at).await] }),
                (_, false) => return None,
            };
            Some(question)
        });
        let every = match tier {
            Tier::Node | Tier::Machine => self.settings.node_metrics_every,
            Tier::Table => self.settings.table_metrics_every,
        };
        let readings = self.asker.all(every, questions.collect()).await;
        self.record(readings.into_iter().flatten().collect());
    }

    /// Asks after every sweep for the machines of the nodes that did not answer in it: whether their Cassandra runs is
    /// wanted at once, and no sweep waits for it.
    pub(crate) async fn follow_silent(&self) {
        let mut snapshots = self.published.subscribe();
        let mut seen = 0;
        // The sender lives in `self`.
        while let Ok(snapshot) = snapshots
            .wait_for(|snapshot| snapshot.as_ref().is_some_and(|snapshot| snapshot.sweep > seen))
            .await
            .map(|snapshot| snapshot.clone())
        {
            seen = snapshot.map_or(seen, |snapshot| snapshot.sweep);
            self.read_silent_machines().await;
        }
    }

    pub(crate) async fn read_silent_machines(&self) {
        let Some(snapshot) = self.latest() else { return };
        let silent = snapshot
            .nodes
            .values()
            .filter(|node| node.answer != Answer::Answered);
        let questions = silent.map(|node| -> BoxFuture<'_, Reading> {
            Box::pin(self.numbers(Tier::Machine, node.id, node.endpoint))
        });
        let questions: Vec<_> = questions.collect();
        if questions.is_empty() {
            return;
        }
        let readings = self.asker.all(self.settings.membership_every, questions).await;
        if readings.iter().any(|reading| reading.numbers.is_ok()) {
            self.record(readings);
        }
    }

    async fn numbers(&self, tier: Tier, node: NodeId, at: Endpoint) -> Reading {
        let (cluster, machines) = (&self.asker.cluster, &self.asker.machines);
        let numbers = match tier {
            Tier::Node => self.asker.limited(management(at), cluster.node_metrics(at)).await,
            Tier::Table => {
                self.asker
                    .limited(management(at), cluster.table_metrics(at))
                    .await
            }
            Tier::Machine => {
                let place = format!("machine of {}", at.ip());
                self.asker.limited(place, machines.machine(at)).await
            }
        };
        Reading {
            node,
            tier,
            at: self.asker.clock.now(),
            numbers,
        }
    }

    /// Publishes numbers. Sweeps went on meanwhile, and a node may be gone.
    fn record(&self, readings: Vec<Reading>) {
        let Some(latest) = self.latest() else { return };
        let mut next = Snapshot {
            metrics: Arc::clone(&latest.metrics),
            ..(*latest).clone()
        };
        let history = Arc::make_mut(&mut next.metrics);
        for Reading {
            node,
            tier,
            at,
            numbers,
        } in readings
        {
            if tier == Tier::Node {
                history.note_asked(node);
            }
            match numbers {
                Ok(numbers) if latest.nodes.contains_key(&node) => history.record(node, at, numbers),
                Ok(_) => {}
                // There is nobody to ask.
                Err(error) if tier == Tier::Machine && error.kind == NodeErrorKind::Unsupported => {}
                Err(error) => {
                    tracing::warn!(cluster = %latest.cluster, %node, %error, ?tier, "numbers not read")
                }
            }
        }
        self.publish(next);
    }
}
