//! The cluster's seam, answered from memory.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use ringkeeper_cluster::{
    Cluster, Endpoint, MembershipReport, NodeError, NodeErrorKind, NodeId, NodePlacement, Probe,
    RecordedRepair, RepairAnswer, RepairCommand, RepairOrder, Sample, Schema, TableSnapshot, TopologyReport,
};
use ringkeeper_seams::Timestamp;

use crate::state::State;
use crate::{Answers, SimCluster, SimNode};

#[async_trait]
impl Cluster for SimCluster {
    async fn contact_points(&self) -> Result<Vec<Endpoint>, NodeError> {
        self.lock().contact_points.clone()
    }

    async fn probe(&self, node: Endpoint) -> Result<Probe, NodeError> {
        self.ask("probe", node, |state, node| Ok(state.probe(node))).await
    }

    async fn membership(&self, node: Endpoint) -> Result<MembershipReport, NodeError> {
        self.ask("membership", node, |state, node| Ok(state.membership(node)))
            .await
    }

    async fn topology(&self, via: Endpoint) -> Result<TopologyReport, NodeError> {
        self.ask("topology", via, |state, node| Ok(state.topology(node)))
            .await
    }

    async fn schema(&self) -> Result<Schema, NodeError> {
        let answers = self.lock().schema_answers.clone();
        answers.wait("CQL", CQL_LIMIT).await?;
        let state = self.lock();
        if state
            .nodes
            .values()
            .any(|node| node.running && node.native_transport_running)
        {
            Ok(state.schema.clone())
        } else {
            Err(NodeError::new(
                NodeErrorKind::Unreachable,
                "cql",
                "no node takes CQL clients",
            ))
        }
    }

    async fn placements(&self, via: Endpoint, keyspace: &str) -> Result<Vec<NodePlacement>, NodeError> {
        self.ask("placements", via, |state, node| state.placements(node, keyspace))
            .await
    }

    async fn node_metrics(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        self.ask("node_metrics", node, |state, node| Ok(state.node_metrics(node)))
            .await
    }

    async fn table_metrics(&self, node: Endpoint) -> Result<Vec<Sample>, NodeError> {
        self.ask("table_metrics", node, |state, node| Ok(state.table_metrics(node)))
            .await
    }

    async fn start_repair(&self, node: Endpoint, order: &RepairOrder) -> Result<RepairCommand, NodeError> {
        self.ask("start_repair", node, |_, _| Ok(())).await?;
        self.lock().start_repair(node, order)
    }

    async fn repair_state(&self, node: Endpoint, command: i32) -> Result<RepairAnswer, NodeError> {
        self.ask("repair_state", node, |state, node| {
            Ok(state.repair_state(node, command))
        })
        .await
    }

    async fn coordinated_repairs(
        &self,
        node: Endpoint,
        since: Timestamp,
    ) -> Result<Vec<RecordedRepair>, NodeError> {
        self.ask("coordinated_repairs", node, |state, node| {
            Ok(state.coordinated_repairs(node, since))
        })
        .await
    }

    async fn repair_history(&self, since: Timestamp) -> Result<Vec<RecordedRepair>, NodeError> {
        Ok(self.lock().repair_history(since))
    }

    async fn terminate_repairs(&self, node: Endpoint) -> Result<(), NodeError> {
        let id = self.ask("terminate_repairs", node, |_, node| Ok(node.id)).await?;
        self.lock().terminate_repairs(id);
        Ok(())
    }

    async fn flush(&self, node: Endpoint, _: &str, _: &[String]) -> Result<(), NodeError> {
        self.ask("flush", node, |_, _| Ok(())).await
    }

    async fn pending_hints(&self, node: Endpoint) -> Result<BTreeMap<NodeId, u64>, NodeError> {
        self.ask("pending_hints", node, |state, node| Ok(state.pending_hints(node)))
            .await
    }

    async fn take_snapshot(&self, node: Endpoint, tag: &str, keyspaces: &[String]) -> Result<(), NodeError> {
        let asked = self
            .ask("take_snapshot", node, |_, node| Ok(node.clone()))
            .await?;
        self.lock().take_snapshot(&asked, tag, keyspaces)
    }

    async fn table_snapshots(&self, node: Endpoint) -> Result<Vec<TableSnapshot>, NodeError> {
        self.ask("table_snapshots", node, |_, node| {
            let mut snapshots = node.snapshots.clone();
            snapshots.sort_unstable();
            Ok(snapshots)
        })
        .await
    }

    async fn clear_snapshot(&self, node: Endpoint, tag: &str) -> Result<(), NodeError> {
        let id = self.ask("clear_snapshot", node, |_, node| Ok(node.id)).await?;
        if tag.is_empty() {
            let words = "a snapshot without a name cannot be cleared";
            return Err(NodeError::new(NodeErrorKind::Unsupported, node, words));
        }
        self.lock().clear_snapshot(id, tag);
        Ok(())
    }

    async fn drain(&self, node: Endpoint) -> Result<(), NodeError> {
        self.ask("drain", node, |_, _| Ok(())).await?;
        self.drain_node(node).await
    }
}

impl SimCluster {
    /// Counts the call, waits as the node makes one wait, and answers with what is true then.
    async fn ask<T>(
        &self,
        function: &'static str,
        at: Endpoint,
        answer: impl FnOnce(&State, &SimNode) -> Result<T, NodeError>,
    ) -> Result<T, NodeError> {
        let answers = {
            let mut state = self.lock();
            *state.calls.entry(at).or_default().entry(function).or_default() += 1;
            let node = state.listening(at)?;
            node.answers_to.get(function).unwrap_or(&node.answers).clone()
        };
        answers.wait(at, LIMIT).await?;
        let state = self.lock();
        answer(&state, state.listening(at)?)
    }
}

/// How long a caller waits for the answer of a node: the seam has no call without a limit.
pub(crate) const LIMIT: Duration = Duration::from_secs(6);
/// And of whatever node tells the schema.
const CQL_LIMIT: Duration = Duration::from_secs(12);

impl Answers {
    pub(crate) async fn wait(self, at: impl fmt::Display + Send, limit: Duration) -> Result<(), NodeError> {
        match self {
            Self::Now => Ok(()),
            Self::After(delay) if delay < limit => {
                tokio::time::sleep(delay).await;
                Ok(())
            }
            Self::After(_) | Self::Never => {
                tokio::time::sleep(limit).await;
                let words = format!("no answer within {}s", limit.as_secs());
                Err(NodeError::new(NodeErrorKind::TimedOut, at, words))
            }
            Self::Fails(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
