//! The tiers of numbers: about nodes, and about tables.

use std::sync::Arc;

use futures::future::BoxFuture;
use ringkeeper_cluster::{Answer, NodeError, NodeId, Sample, Snapshot, Tier};
use ringkeeper_seams::Timestamp;

use crate::ask::management;
use crate::observer::Watch;

type Reading = (NodeId, Timestamp, Result<Vec<Sample>, NodeError>);

impl Watch {
    /// Reads the numbers of one tier from every node that answered at the last sweep, and publishes them together.
    pub(crate) async fn read_metrics(&self, tier: Tier) {
        let Some(snapshot) = self.latest() else { return };
        let cluster = &self.asker.cluster;
        let answering = snapshot
            .nodes
            .values()
            .filter(|node| node.answer == Answer::Answered);
        let questions = answering.map(|node| -> BoxFuture<'_, Reading> {
            let (id, at) = (node.id, node.endpoint);
            Box::pin(async move {
                let numbers = match tier {
                    Tier::Node => self.asker.limited(management(at), cluster.node_metrics(at)).await,
                    Tier::Table => {
                        self.asker
                            .limited(management(at), cluster.table_metrics(at))
                            .await
                    }
                };
                (id, self.asker.clock.now(), numbers)
            })
        });
        let every = match tier {
            Tier::Node => self.settings.node_metrics_every,
            Tier::Table => self.settings.table_metrics_every,
        };
        let readings = self.asker.all(every, questions.collect()).await;
        // Sweeps went on meanwhile, and a node may be gone.
        let Some(latest) = self.latest() else { return };
        let mut next = Snapshot {
            metrics: Arc::clone(&latest.metrics),
            ..(*latest).clone()
        };
        let history = Arc::make_mut(&mut next.metrics);
        for (id, at, numbers) in readings {
            if tier == Tier::Node {
                history.note_asked(id);
            }
            match numbers {
                Ok(numbers) if latest.nodes.contains_key(&id) => history.record(id, at, numbers),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(cluster = %latest.cluster, node = %id, %error, ?tier, "numbers not read")
                }
            }
        }
        self.publish(next);
    }
}
