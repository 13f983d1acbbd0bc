//! Undo: what a step took away is brought back before its nodes are let go of, however the step ended.

use std::time::Duration;

use ringkeeper_journal::{RunEvent, RunId};

use super::super::fault_points::Safeguard;
use super::super::follow::Patience;
use super::super::run::{Effect, UndoState};
use super::bring_back::Nudge;
use crate::Conductor;
use crate::conductor::Watched;

/// After the first look that found trouble; it grows.
const SHORTEST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Conductor {
    /// Brings back what the step took away, and comes back only when all of it is there again. What fails is written, so
    /// that it is a severe finding, and tried on: the step keeps its nodes meanwhile.
    pub(in crate::runs) async fn undo(&self, cluster: &Watched, run: &RunId, step: &str) {
        if self.faults().omits(Safeguard::Undo) {
            return;
        }
        let mut patience = Patience::default();
        let mut wait = SHORTEST_WAIT;
        while let Some(effect) = next_undo(cluster, run, step) {
            if let Some(how) = self.is_no_member(cluster, &effect).await {
                self.note_undone(cluster, run, &effect, how).await;
                continue;
            }
            match self.nudge(cluster, &effect, &mut patience).await {
                Nudge::Back => {
                    self.note_undone(
                        cluster,
                        run,
                        &effect,
                        "it serves, and its peers see it".to_owned(),
                    )
                    .await;
                    (patience, wait) = (Patience::default(), SHORTEST_WAIT);
                }
                Nudge::Again(pause) => tokio::time::sleep(pause).await,
                Nudge::Trouble(reason) => {
                    if effect.undo != Some(UndoState::Open(Some(reason.clone()))) {
                        tracing::error!(cluster = cluster.name, %run, step, node = %effect.intent.endpoint, reason, "a node that was taken down cannot be brought back");
                        let event = RunEvent::UndoFails {
                            effect: effect.intent.effect.clone(),
                            reason,
                        };
                        self.write_until_written(cluster, run, event).await;
                    }
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    async fn note_undone(&self, cluster: &Watched, run: &RunId, effect: &Effect, how: String) {
        let event = RunEvent::Undone {
            effect: effect.intent.effect.clone(),
            how,
        };
        self.write_until_written(cluster, run, event).await;
    }

    /// A node that left the ring is not brought back: said so, on two looks.
    async fn is_no_member(&self, cluster: &Watched, effect: &Effect) -> Option<String> {
        let gone = |snapshot: &ringkeeper_cluster::Snapshot| {
            !snapshot.nodes.is_empty() && !snapshot.nodes.contains_key(&effect.intent.node)
        };
        if !gone(&*cluster.snapshot()?) || !gone(&*cluster.look().await?) {
            return None;
        }
        Some(format!("node {} has left the ring", effect.intent.node))
    }
}

/// The oldest undo of a step that is open.
fn next_undo(cluster: &Watched, run: &RunId, step: &str) -> Option<Effect> {
    let book = cluster.stream.book();
    book.run(run)?.open_undos(step).next().cloned()
}
