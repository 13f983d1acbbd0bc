//! Pausing, resuming and cancelling runs; freezing a cluster.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ringkeeper_api::{FreezeRequest, FreezeStatus, RunSummary};
use ringkeeper_cluster::{Endpoint, NodeId};
use ringkeeper_journal::{Call, EffectId, EffectResult, Event, JournalError, RunEvent, RunId, RunState};

use super::foreign::foreign_commands;
use super::rows;
use super::touched;
use crate::Conductor;
use crate::ask::RunError;
use crate::conductor::Watched;

/// A repair of ours that `cancel --now` would end.
struct Running {
    effect: EffectId,
    node: NodeId,
    endpoint: Endpoint,
    participants: BTreeSet<NodeId>,
}

impl Conductor {
    /// Moves a run into another state, if it is in one of these.
    pub(crate) async fn change_run(
        &self,
        id: &str,
        from: &[RunState],
        to: RunState,
        reason: &str,
        by: &str,
    ) -> Result<RunSummary, RunError> {
        let (cluster, run) = self.run_named(id)?;
        let now = self.seams().clock.now();
        let decide = |_, book: &super::Book| {
            let state = book.run(&run).map(|run| run.state);
            match state {
                Some(state) if state == to => Ok(Vec::new()),
                Some(state) if from.contains(&state) => {
                    let what = RunEvent::State {
                        state: to,
                        reason: reason.to_owned(),
                        by: Some(by.to_owned()),
                    };
                    Ok(vec![Event::Run {
                        run: run.clone(),
                        what,
                    }])
                }
                Some(state) => Err(RunError::Refused {
                    message: format!("run {run} is {state}"),
                    cure: "see `ringkeeper runs show` for how it stands".to_owned(),
                }),
                None => Err(RunError::NoRun { id: run.0.clone() }),
            }
        };
        cluster
            .stream
            .commit(&cluster.name, self.journal(), now, decide)
            .await?;
        if to == RunState::Cancelling {
            cluster.cancelled(&run).store(true, Ordering::Relaxed);
        }
        cluster.wake.notify_one();
        let book = cluster.stream.book();
        match book.run(&run) {
            Some(run) => Ok(rows::summary(&cluster, run, now)),
            None => Err(RunError::NoRun { id: run.0 }),
        }
    }

    /// Ends the repairs of a run that is being cancelled. Cassandra can only end all repairs of a node, so nothing is ended
    /// where a foreign one runs on a coordinator or a participant.
    pub(crate) async fn end_running(&self, id: &str) -> Result<(), RunError> {
        let (cluster, run) = self.run_named(id)?;
        let running = running(&cluster, &run);
        self.refuse_to_end_foreign(&cluster, &running).await?;
        let nodes: BTreeSet<(NodeId, Endpoint)> =
            running.iter().map(|one| (one.node, one.endpoint)).collect();
        for (_, endpoint) in nodes {
            cluster
                .access
                .terminate_repairs(endpoint)
                .await
                .map_err(|error| RunError::Unavailable(error.to_string()))?;
        }
        for one in running {
            let still_open = {
                let book = cluster.stream.book();
                book.run(&run)
                    .and_then(|run| run.effect(&one.effect))
                    .is_some_and(|effect| effect.result.is_none())
            };
            if still_open {
                let event = RunEvent::Ended {
                    effect: one.effect,
                    result: EffectResult::Cancelled,
                };
                self.write(&cluster, &run, event).await?;
            }
        }
        Ok(())
    }

    async fn refuse_to_end_foreign(&self, cluster: &Watched, running: &[Running]) -> Result<(), RunError> {
        let Some(snapshot) = cluster.snapshot() else {
            return Err(RunError::Unavailable(
                "the host has not looked at the cluster yet".to_owned(),
            ));
        };
        let nodes: BTreeSet<NodeId> = running
            .iter()
            .flat_map(|one| one.participants.iter().copied())
            .collect();
        for node in nodes {
            let Some(view) = snapshot.nodes.get(&node) else {
                continue;
            };
            let report = cluster.access.membership(view.endpoint).await.map_err(|error| {
                RunError::Unavailable(format!("it cannot be seen whose repairs run: {error}"))
            })?;
            let foreign = foreign_commands(
                &cluster.stream.book(),
                node,
                &report.process,
                &report.repair_commands,
            );
            if let Some(command) = foreign.first() {
                return Err(RunError::Refused {
                    message: format!(
                        "node {} leads repair command {command} of another tool, and Cassandra can only end all repairs of a node at once",
                        view.endpoint
                    ),
                    cure: "the run is being cancelled and ends when its own pieces have; or wait until the other repair has ended".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// Whether a cluster is frozen.
    pub(crate) fn freeze_of(&self, cluster: &Watched) -> FreezeStatus {
        let frozen = cluster.stream.book().frozen.clone();
        FreezeStatus {
            cluster: cluster.name.clone(),
            frozen: frozen.is_some(),
            since: frozen.as_ref().map(|(since, _)| *since),
            reason: frozen.map(|(_, reason)| reason).unwrap_or_default(),
        }
    }

    /// Freezes a cluster or lifts that.
    pub(crate) async fn freeze(&self, request: &FreezeRequest, by: &str) -> Result<FreezeStatus, RunError> {
        let cluster = Arc::clone(self.cluster_named(request.cluster.as_deref())?);
        let reason = if request.reason.trim().is_empty() {
            "a person wanted it".to_owned()
        } else {
            request.reason.clone()
        };
        let (frozen, by) = (request.frozen, Some(by.to_owned()));
        let now = self.seams().clock.now();
        let decide = |_, book: &super::Book| {
            Ok::<_, JournalError>(match (frozen, book.frozen.is_some()) {
                (true, false) => vec![Event::Frozen { reason, by }],
                (false, true) => vec![Event::Unfrozen { by }],
                _ => Vec::new(),
            })
        };
        cluster
            .stream
            .commit(&cluster.name, self.journal(), now, decide)
            .await?;
        cluster.wake.notify_one();
        Ok(self.freeze_of(&cluster))
    }

    /// The cluster and run of this id.
    pub(crate) fn run_named(&self, id: &str) -> Result<(Arc<Watched>, RunId), RunError> {
        let run = RunId(id.to_owned());
        self.watched()
            .find(|cluster| cluster.stream.book().run(&run).is_some())
            .map(|cluster| (Arc::clone(cluster), run.clone()))
            .ok_or_else(|| RunError::NoRun { id: id.to_owned() })
    }
}

fn running(cluster: &Watched, run: &RunId) -> Vec<Running> {
    let Some(snapshot) = cluster.snapshot() else {
        return Vec::new();
    };
    let book = cluster.stream.book();
    let Some(run) = book.run(run) else {
        return Vec::new();
    };
    let open = run.effects.values().filter(|effect| effect.result.is_none());
    let running = open.filter_map(|effect| {
        let Call::Repair { order } = &effect.intent.call else {
            return None;
        };
        effect.command.as_ref()?;
        let participants = touched::by_repair(&snapshot, effect.intent.node, order)
            .map(|touched| touched.nodes)
            .unwrap_or_else(|_| BTreeSet::from([effect.intent.node]));
        Some(Running {
            effect: effect.intent.effect.clone(),
            node: effect.intent.node,
            endpoint: effect.intent.endpoint,
            participants,
        })
    });
    running.collect()
}
