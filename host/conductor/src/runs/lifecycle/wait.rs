//! Waits until a node is as a plugin wants it.

use std::time::Duration;

use ringkeeper_cluster::{Answer, NodeErrorKind, NodeId, PeerStatus, Snapshot};
use ringkeeper_journal::RunState;
use ringkeeper_sandbox::{Criterion, Wait, WorkError};

use super::super::effects::{StepWork, silent};
use super::seen::is_seen_back;

/// Between two looks.
const POLL: Duration = Duration::from_secs(1);

impl StepWork {
    /// Looks again and again until everything wanted has held for as long as wanted.
    pub(in crate::runs) async fn wait(&self, wait: Wait) -> Result<(), WorkError> {
        let clock = &self.conductor.seams().clock;
        let begun = clock.monotonic();
        let mut well_since = None;
        loop {
            self.is_still_wanted()?;
            let missing = self.missing(&wait).await?;
            let now = clock.monotonic();
            if missing.is_empty() {
                let since = *well_since.get_or_insert(now);
                if now.saturating_sub(since) >= wait.steady {
                    return Ok(());
                }
            } else {
                well_since = None;
            }
            if now.saturating_sub(begun) >= wait.limit {
                let what = if missing.is_empty() {
                    format!("it was not steady for {} s", wait.steady.as_secs())
                } else {
                    missing.join("; ")
                };
                return Err(WorkError::TimedOut(format!(
                    "after {} s: {what}",
                    wait.limit.as_secs()
                )));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    fn is_still_wanted(&self) -> Result<(), WorkError> {
        let book = self.cluster.stream.book();
        match book.run(&self.run).map(|run| run.state) {
            Some(RunState::Running | RunState::Paused | RunState::AwaitingApproval) => Ok(()),
            _ => Err(WorkError::Unavailable("the run is being cancelled".to_owned())),
        }
    }

    /// What is not as wanted, in words.
    async fn missing(&self, wait: &Wait) -> Result<Vec<String>, WorkError> {
        let snapshot =
            self.cluster.look().await.ok_or_else(|| {
                WorkError::Unavailable("the host has not looked at the cluster yet".to_owned())
            })?;
        let mut missing = Vec::new();
        for criterion in &wait.criteria {
            let lacks = match criterion {
                Criterion::Hints => self.hints_for(&snapshot, wait.node).await?,
                other => lacks(&snapshot, wait.node, *other)?,
            };
            missing.extend(lacks);
        }
        Ok(missing)
    }

    /// Says so where peers still hold hints for a node. A release that cannot tell is taken at its word that it has none.
    async fn hints_for(&self, snapshot: &Snapshot, node: NodeId) -> Result<Option<String>, WorkError> {
        let mut waiting = 0;
        for peer in snapshot
            .nodes
            .values()
            .filter(|peer| peer.id != node && peer.answer == Answer::Answered)
        {
            match self.cluster.access.pending_hints(peer.endpoint).await {
                Ok(hints) => waiting += hints.get(&node).copied().unwrap_or(0),
                Err(error) if error.kind == NodeErrorKind::Unsupported => {}
                Err(error) => return Err(silent(&error)),
            }
        }
        Ok((waiting > 0).then(|| format!("its peers hold {waiting} hint files for it")))
    }
}

/// What a node lacks of one criterion, in words.
fn lacks(snapshot: &Snapshot, node: NodeId, criterion: Criterion) -> Result<Option<String>, WorkError> {
    let view = snapshot
        .nodes
        .get(&node)
        .ok_or_else(|| WorkError::NotFound(format!("no node has the host id {node}")))?;
    let lacking = match criterion {
        Criterion::Process => match &view.answer {
            Answer::Silent(error) => Some(format!("it does not answer: {error}")),
            Answer::Answered if view.gossip_running != Some(true) => Some("it does not gossip".to_owned()),
            Answer::Answered => None,
        },
        Criterion::Ring => {
            let mode = view.operation_mode.as_deref().unwrap_or("silent");
            let is_back = mode == "NORMAL" && is_seen_back(view);
            (!is_back).then(|| {
                format!(
                    "it says {mode}, and its peers see it {}, {}",
                    view.status, view.membership
                )
            })
        }
        Criterion::NativeTransport => {
            (view.native_transport_running != Some(true)).then(|| "it takes no CQL clients".to_owned())
        }
        Criterion::Schema => {
            let live = snapshot
                .nodes
                .values()
                .filter(|node| node.status != PeerStatus::Down);
            let mut versions: Vec<&str> = live.filter_map(|node| node.schema_version.as_deref()).collect();
            versions.sort_unstable();
            versions.dedup();
            (versions.len() != 1).then(|| format!("live nodes have {} schema versions", versions.len()))
        }
        Criterion::Hints => None,
    };
    Ok(lacking)
}
