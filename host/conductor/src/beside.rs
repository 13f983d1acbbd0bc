//! What is beside a node, asked when somebody wants to see it: nothing of it is watched or remembered.

use std::future::Future;
use std::time::Duration;

use ringkeeper_api::NodeDetail;
use ringkeeper_cluster::{Endpoint, LogQuestion, LogTail, NodeError, NodeErrorKind, NodeStorage};

use crate::conductor::Watched;
use crate::present::{no_such_node, node_named};
use crate::{Conductor, DryRunError, RunError};

/// How long an agent may take to look through the node's files.
const LIMIT: Duration = Duration::from_secs(12);
/// How long it may take to add what is installed to what is known of a node anyway.
const ADDED_WITHIN: Duration = Duration::from_secs(2);

impl Conductor {
    /// A node in full, with what is installed beside it; by address, IP or the beginning of its host id; none when it is not
    /// in the ring.
    ///
    /// # Errors
    /// As for [`Conductor::status`].
    pub async fn node(&self, cluster: Option<&str>, node: &str) -> Result<Option<NodeDetail>, DryRunError> {
        let cluster = self.cluster_named(cluster)?;
        let Some(mut detail) = crate::present::node(cluster, node) else {
            return Ok(None);
        };
        let asked = cluster.machines.installed(detail.summary.address);
        // Who cannot tell now is asked again with the next question.
        detail.installed = tokio::time::timeout(ADDED_WITHIN, asked)
            .await
            .ok()
            .and_then(Result::ok);
        Ok(Some(detail))
    }

    /// The end of the log of a node.
    ///
    /// # Errors
    /// When there is no such node, nobody beside it to ask, or no answer.
    pub async fn node_log(
        &self,
        cluster: Option<&str>,
        node: &str,
        question: LogQuestion,
    ) -> Result<LogTail, RunError> {
        if let Some(message) = question.problem() {
            return Err(RunError::Invalid { message });
        }
        let cluster = self.cluster_named(cluster)?;
        let at = place(cluster, node)?;
        within(at, cluster.machines.log(at, question)).await
    }

    /// Where a node keeps its data, the room that is left there, and its snapshots.
    ///
    /// # Errors
    /// As for [`Conductor::node_log`].
    pub async fn node_storage(&self, cluster: Option<&str>, node: &str) -> Result<NodeStorage, RunError> {
        let cluster = self.cluster_named(cluster)?;
        let at = place(cluster, node)?;
        within(at, cluster.machines.storage(at)).await
    }
}

fn place(cluster: &Watched, wanted: &str) -> Result<Endpoint, RunError> {
    let snapshot = cluster
        .snapshot()
        .ok_or_else(|| RunError::Unavailable(format!("the host has not looked at `{}` yet", cluster.name)))?;
    let node = node_named(&snapshot, wanted).ok_or_else(|| RunError::NotFound {
        message: no_such_node(&snapshot, &cluster.name, wanted),
    })?;
    Ok(node.endpoint)
}

async fn within<T>(at: Endpoint, asked: impl Future<Output = Result<T, NodeError>>) -> Result<T, RunError> {
    match tokio::time::timeout(LIMIT, asked).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.kind == NodeErrorKind::Unsupported => Err(RunError::Refused {
            message: error.to_string(),
            cure: "run an agent beside each node and set [cluster.agents]; see docs/agent.md".to_owned(),
        }),
        Ok(Err(error)) => Err(RunError::Unavailable(error.message)),
        Err(_) => Err(RunError::Unavailable(format!(
            "the agent of {} did not answer within {LIMIT:?}",
            at.ip()
        ))),
    }
}
