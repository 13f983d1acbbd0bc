//! What a step does to the cluster, through the gate: allowed, journaled, made once, answered again.
//!
//! The way of one call: is it the same call as one before? Then its job is the answer. Else: does the step list it and hold
//! every node it touches; is nothing frozen, paused or cancelled; does nobody else repair there? Then its intention is
//! written, then it is made, then what the node answered is written. Where the answer is lost the effect is in doubt, and
//! [`super::follow`] finds out what became of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use ringkeeper_cluster::{NodeError, NodeErrorKind, NodeId, RepairOrder, TableName};
use ringkeeper_journal::{Call, EffectId, EffectResult, RunEvent, RunId};
use ringkeeper_sandbox::{
    Job, JobState, JobStatus, Repaired, RunningRepair, ToolWanted, Wait, Work, WorkError,
};

use super::digest::call_digest;
use super::fault_points::FaultPoint;
use super::gate::Wanted;
use super::run::Effect;
use super::touched::{self};
use crate::Conductor;
use crate::conductor::Watched;

/// The gate of one attempt at a step. One instance of the plugin has one, so equal calls are counted from its start.
#[derive(Debug)]
pub(super) struct StepWork {
    pub(super) conductor: Arc<Conductor>,
    pub(super) cluster: Arc<Watched>,
    pub(super) run: RunId,
    pub(super) step: String,
    pub(super) attempt: u32,
    /// How often each call was made by this instance.
    pub(super) made: Mutex<BTreeMap<String, u32>>,
}

#[async_trait]
impl Work for StepWork {
    async fn start_repair(&self, coordinator: NodeId, order: RepairOrder) -> Result<Job, WorkError> {
        let call = Call::Repair { order };
        let digest = call_digest(coordinator, &call);
        if let Some(known) = self.known(&digest, self.occurrence(&digest)) {
            self.note_made(&digest);
            return Ok(Job { id: known.0 });
        }
        let Call::Repair { order } = &call else {
            return Err(WorkError::Other("not a repair".to_owned()));
        };
        let touched = self.touched("repair.start", |snapshot| {
            touched::by_repair(snapshot, coordinator, order)
        })?;
        self.let_pass("repair.start", &touched).await?;
        let report = self.nobody_else_repairs(&touched, coordinator).await?;
        let endpoint = self.endpoint(coordinator)?;
        let wanted = Wanted {
            node: coordinator,
            endpoint,
            process: report.process,
            digest,
            call: call.clone(),
            undo: None,
        };
        let effect = self.intend(wanted, &touched).await?;
        self.conductor
            .faults()
            .reach(FaultPoint::BeforeCall, &effect)
            .await;
        let answer = self.cluster.access.start_repair(endpoint, order).await;
        self.conductor
            .faults()
            .reach(FaultPoint::AfterCall, &effect)
            .await;
        let event = match answer {
            Ok(command) if command.number == 0 => RunEvent::Ended {
                effect: effect.clone(),
                result: EffectResult::Failed {
                    message: "the node found nothing to repair in these ranges".to_owned(),
                },
            },
            Ok(command) => RunEvent::Taken {
                effect: effect.clone(),
                command,
            },
            Err(error) => unanswered(&effect, &error),
        };
        self.write(event).await?;
        self.conductor
            .faults()
            .reach(FaultPoint::AfterJournal, &effect)
            .await;
        Ok(Job { id: effect.0 })
    }

    async fn flush(&self, node: NodeId, keyspace: &str, tables: &[String]) -> Result<(), WorkError> {
        let call = Call::Flush {
            keyspace: keyspace.to_owned(),
            tables: tables.to_vec(),
        };
        // A state-effect: the call is made again whenever it is asked for, and only its record is new.
        let digest = call_digest(node, &call);
        let touched = self.touched("tables.flush", |snapshot| {
            touched::by_flush(snapshot, node, keyspace, tables)
        })?;
        self.let_pass("tables.flush", &touched).await?;
        let endpoint = self.endpoint(node)?;
        let report = self
            .cluster
            .access
            .membership(endpoint)
            .await
            .map_err(|e| silent(&e))?;
        let wanted = Wanted {
            node,
            endpoint,
            process: report.process,
            digest,
            call,
            undo: None,
        };
        let effect = self.intend(wanted, &touched).await?;
        let answer = self.cluster.access.flush(endpoint, keyspace, tables).await;
        let (result, told) = match answer {
            Ok(()) => (
                EffectResult::Done {
                    message: "flushed".to_owned(),
                },
                Ok(()),
            ),
            Err(error) => {
                let message = error.to_string();
                let told = match error.kind {
                    NodeErrorKind::TimedOut => WorkError::TimedOut(message.clone()),
                    NodeErrorKind::Unsupported => WorkError::Unsupported(message.clone()),
                    NodeErrorKind::Failed => WorkError::Other(message.clone()),
                    _ => WorkError::Unavailable(message.clone()),
                };
                // A flush that goes on unseen harms nothing and is done again by the next call.
                (EffectResult::Failed { message }, Err(told))
            }
        };
        self.write(RunEvent::Ended { effect, result }).await?;
        told
    }

    async fn drain(&self, node: NodeId) -> Result<Job, WorkError> {
        self.lifecycle(node, Call::Drain, "lifecycle.drain").await
    }

    async fn stop(&self, node: NodeId) -> Result<Job, WorkError> {
        self.lifecycle(node, Call::Stop, "lifecycle.stop").await
    }

    async fn start(&self, node: NodeId) -> Result<Job, WorkError> {
        self.lifecycle(node, Call::Start, "lifecycle.start").await
    }

    async fn run_tool(&self, node: NodeId, wanted: ToolWanted) -> Result<Job, WorkError> {
        self.ask_for_tool(node, &wanted).await
    }

    async fn runs_tools(&self, node: NodeId) -> Result<(), WorkError> {
        self.cluster.runs_tools(node).await
    }

    async fn wait_until(&self, wait: Wait) -> Result<(), WorkError> {
        self.wait(wait).await
    }

    async fn job(&self, id: &str) -> Result<JobStatus, WorkError> {
        let book = self.cluster.stream.book();
        let effect = book
            .run(&self.run)
            .and_then(|run| run.effect(&EffectId(id.to_owned())))
            .ok_or_else(|| WorkError::NotFound(format!("run {} has no job `{id}`", self.run)))?;
        Ok(status(effect))
    }

    async fn ledger(&self, table: &TableName, data_centres: &[String]) -> Result<Vec<Repaired>, WorkError> {
        let now = self.conductor.seams().clock.now();
        self.cluster.repaired_ranges(now, table, data_centres).await
    }

    async fn running_repairs(&self) -> Result<Vec<RunningRepair>, WorkError> {
        self.cluster.running_repairs()
    }
}

/// What is written when the call to start a repair brought no number: the kinds that say nothing was started end it, all
/// others leave it in doubt.
fn unanswered(effect: &EffectId, error: &NodeError) -> RunEvent {
    let (effect, message) = (effect.clone(), error.to_string());
    match error.kind {
        NodeErrorKind::Failed => RunEvent::Ended {
            effect,
            result: EffectResult::Failed { message },
        },
        NodeErrorKind::Unreachable | NodeErrorKind::Unauthorised | NodeErrorKind::Unsupported => {
            RunEvent::Ended {
                effect,
                result: EffectResult::NotStarted { reason: message },
            }
        }
        NodeErrorKind::TimedOut | NodeErrorKind::Nonsense | NodeErrorKind::TooLarge => RunEvent::InDoubt {
            effect,
            reason: message,
        },
    }
}

pub(super) fn silent(error: &NodeError) -> WorkError {
    WorkError::Unavailable(error.to_string())
}

/// How an effect stands, as a plugin sees its job.
pub(super) fn status(effect: &Effect) -> JobStatus {
    let (state, message) = match (&effect.result, &effect.command, &effect.doubt) {
        (Some(EffectResult::Done { message }), ..) => (JobState::Succeeded, message.clone()),
        (Some(EffectResult::Failed { message }), ..) => (JobState::Failed, message.clone()),
        (Some(EffectResult::Lost { reason } | EffectResult::NotStarted { reason }), ..) => {
            (JobState::Lost, reason.clone())
        }
        (Some(EffectResult::Cancelled), ..) => (JobState::Cancelled, "a person ended it".to_owned()),
        (None, Some(command), _) => (JobState::Running, format!("repair command {}", command.number)),
        (None, None, Some(reason)) => (JobState::Pending, format!("in doubt: {reason}")),
        (None, None, None) => match effect.calling {
            Some((part, _)) => (JobState::Running, part.to_string()),
            None => (JobState::Pending, String::new()),
        },
    };
    JobStatus { state, message }
}
