//! The gate before every call that changes something: is it the same as one before, does the step list it and hold all that
//! it touches, does nothing speak against it now? Only then its intention is written.

use std::sync::PoisonError;

use ringkeeper_cluster::{Endpoint, MembershipReport, NodeId, Snapshot};
use ringkeeper_journal::{Call, EffectId, EffectResult, Event, Intent, JournalError, RunEvent, RunState};
use ringkeeper_sandbox::WorkError;

use super::effects::{StepWork, silent};
use super::foreign::foreign_commands;
use super::run::{Run, StepState};
use super::touched::{self, Touched};

/// Why an intention was not written.
pub(super) enum NotIntended {
    Refused(WorkError),
    Journal(JournalError),
}

impl From<JournalError> for NotIntended {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<NotIntended> for WorkError {
    fn from(error: NotIntended) -> Self {
        match error {
            NotIntended::Refused(error) => error,
            NotIntended::Journal(error) => Self::Unavailable(format!(
                "the journal cannot be written, so nothing is done: {error}"
            )),
        }
    }
}

impl StepWork {
    /// Which of the equal calls of this instance the next one is, from 1. A call that was refused before anything was
    /// written does not count: tried again, it is the same one.
    pub(super) fn occurrence(&self, digest: &str) -> u32 {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.get(digest).copied().unwrap_or(0) + 1
    }

    pub(super) fn note_made(&self, digest: &str) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        *made.entry(digest.to_owned()).or_insert(0) += 1;
    }

    /// The effect that answers this call already: the same call of this attempt, or one that succeeded anywhere in the run.
    pub(super) fn known(&self, digest: &str, occurrence: u32) -> Option<EffectId> {
        let book = self.cluster.stream.book();
        let run = book.run(&self.run)?;
        let equal = || {
            run.effects
                .values()
                .filter(|effect| effect.intent.digest == digest)
        };
        let same = equal().find(|effect| {
            effect.intent.step == self.step
                && effect.intent.attempt == self.attempt
                && effect.intent.occurrence == occurrence
        });
        let done = || {
            equal()
                .filter(|effect| matches!(effect.result, Some(EffectResult::Done { .. })))
                .nth(usize::try_from(occurrence).unwrap_or(1).saturating_sub(1))
        };
        Some(same.or_else(done)?.intent.effect.clone())
    }

    pub(super) fn touched(
        &self,
        function: &str,
        compute: impl FnOnce(&ringkeeper_cluster::Snapshot) -> Result<Touched, WorkError>,
    ) -> Result<Touched, WorkError> {
        let snapshot = self
            .cluster
            .snapshot()
            .ok_or_else(|| WorkError::Unavailable("the host has not looked at the cluster yet".to_owned()))?;
        compute(&snapshot).inspect_err(|error| {
            tracing::warn!(run = %self.run, step = self.step, function, %error, "a call was refused");
        })
    }

    /// Whether the step may make this call to these nodes.
    pub(super) fn is_allowed(&self, function: &str, touched: &Touched) -> Result<(), WorkError> {
        let book = self.cluster.stream.book();
        let step = book.run(&self.run).and_then(|run| run.step(&self.step));
        let Some(record) = step else {
            return Err(WorkError::AccessDenied(format!(
                "run {} has no step `{}`",
                self.run, self.step
            )));
        };
        let denied = |reason: String| {
            tracing::warn!(run = %self.run, step = self.step, reason, "a plugin overstepped its step");
            Err(WorkError::AccessDenied(reason))
        };
        if !record.step.functions.iter().any(|listed| listed == function) {
            return denied(format!("step `{}` does not list `{function}`", self.step));
        }
        if touched.impact > record.step.impact {
            return denied(format!(
                "`{function}` is of impact {}, and step `{}` promised {} at most",
                touched.impact, self.step, record.step.impact
            ));
        }
        let held = match &record.state {
            StepState::Started { nodes } => nodes.as_slice(),
            _ => &[],
        };
        match touched.nodes.iter().find(|node| !held.contains(node)) {
            Some(node) => denied(format!(
                "`{function}` would touch node {node}, which step `{}` does not hold",
                self.step
            )),
            None => Ok(()),
        }
    }

    /// Asks every node the call touches, now, whether it leads a repair that is not ours. Answers the coordinator's report.
    pub(super) async fn nobody_else_repairs(
        &self,
        touched: &Touched,
        coordinator: NodeId,
    ) -> Result<MembershipReport, WorkError> {
        let ask = |node: NodeId| async move {
            let endpoint = self.endpoint(node)?;
            let report = self
                .cluster
                .access
                .membership(endpoint)
                .await
                .map_err(|e| silent(&e))?;
            if report.host_id != node {
                return Err(WorkError::Unavailable(format!(
                    "at {endpoint} there is another node now: {}",
                    report.host_id
                )));
            }
            Ok((node, endpoint, report))
        };
        let reports = futures::future::join_all(touched.nodes.iter().copied().map(ask)).await;
        let mut own = None;
        for answer in reports {
            let (node, endpoint, report) = answer?;
            let foreign = foreign_commands(
                &self.cluster.stream.book(),
                node,
                &report.process,
                &report.repair_commands,
            );
            if let Some(command) = foreign.first() {
                return Err(WorkError::Conflict(format!(
                    "node {endpoint} leads repair command {command} of another tool"
                )));
            }
            if node == coordinator {
                own = Some(report);
            }
        }
        own.ok_or_else(|| WorkError::Invalid("the coordinator is no replica of the ranges".to_owned()))
    }

    pub(super) fn endpoint(&self, node: NodeId) -> Result<Endpoint, WorkError> {
        let snapshot = self.cluster.snapshot();
        let view = snapshot.as_ref().and_then(|snapshot| snapshot.nodes.get(&node));
        view.map(|view| view.endpoint)
            .ok_or_else(|| WorkError::NotFound(format!("no node has the host id {node}")))
    }

    /// Writes the intention, if nothing speaks against it at the very moment of writing.
    pub(super) async fn intend(
        &self,
        node: NodeId,
        endpoint: Endpoint,
        report: MembershipReport,
        digest: String,
        call: &Call,
        touched: &Touched,
    ) -> Result<EffectId, WorkError> {
        let mut minted = None;
        let occurrence = self.occurrence(&digest);
        let made = digest.clone();
        let snapshot = self.cluster.snapshot();
        if let Some(until) = self
            .cluster
            .held_until()
            .filter(|until| *until > self.conductor.seams().clock.now())
        {
            return Err(WorkError::Unavailable(format!(
                "the journal was lost; nothing is begun before {until}"
            )));
        }
        let now = self.conductor.seams().clock.now();
        let decide = |_, book: &super::Book| {
            let run = book.run(&self.run);
            let run = run.ok_or_else(|| {
                NotIntended::Refused(WorkError::NotFound(format!("run {} is gone", self.run)))
            })?;
            may_begin(book, run).map_err(NotIntended::Refused)?;
            if matches!(call, Call::Repair { .. }) {
                nobody_of_us_repairs(run, snapshot.as_deref(), touched).map_err(NotIntended::Refused)?;
            }
            let effect = run.next_effect();
            minted = Some(effect.clone());
            let intent = Intent {
                effect,
                step: self.step.clone(),
                attempt: self.attempt,
                digest,
                occurrence,
                node,
                endpoint,
                process: report.process,
                call: call.clone(),
            };
            Ok::<_, NotIntended>(vec![self.event(RunEvent::Intended(Box::new(intent)))])
        };
        self.cluster
            .stream
            .commit(&self.cluster.name, self.conductor.journal(), now, decide)
            .await?;
        self.note_made(&made);
        minted.ok_or_else(|| WorkError::Other("no effect was minted".to_owned()))
    }

    pub(super) async fn write(&self, event: RunEvent) -> Result<(), WorkError> {
        let event = self.event(event);
        let now = self.conductor.seams().clock.now();
        self.cluster
            .stream
            .commit(&self.cluster.name, self.conductor.journal(), now, |_, _| {
                Ok::<_, NotIntended>(vec![event])
            })
            .await?;
        Ok(())
    }

    fn event(&self, what: RunEvent) -> Event {
        Event::Run {
            run: self.run.clone(),
            what,
        }
    }
}

/// Whether a run may begin another piece.
fn may_begin(book: &super::Book, run: &Run) -> Result<(), WorkError> {
    if let Some((_, reason)) = &book.frozen {
        return Err(WorkError::Unavailable(format!("the cluster is frozen: {reason}")));
    }
    match run.state {
        RunState::Running => Ok(()),
        RunState::Paused => Err(WorkError::Unavailable("the run is paused".to_owned())),
        RunState::Cancelling => Err(WorkError::Unavailable("the run is being cancelled".to_owned())),
        ended => Err(WorkError::AccessDenied(format!("the run has ended: {ended}"))),
    }
}

/// No node takes part in two of our repairs at a time. Other steps hold other nodes, so only this run's own effects count.
fn nobody_of_us_repairs(run: &Run, snapshot: Option<&Snapshot>, touched: &Touched) -> Result<(), WorkError> {
    for effect in run.effects.values().filter(|effect| effect.result.is_none()) {
        let Call::Repair { order } = &effect.intent.call else {
            continue;
        };
        let others =
            snapshot.and_then(|snapshot| touched::by_repair(snapshot, effect.intent.node, order).ok());
        // Where it cannot be told any more whom it touches, it may be anybody.
        if others.is_none_or(|others| !others.nodes.is_disjoint(&touched.nodes)) {
            let id = &effect.intent.effect;
            return Err(WorkError::Conflict(format!(
                "job {id} still repairs on one of these nodes"
            )));
        }
    }
    Ok(())
}
