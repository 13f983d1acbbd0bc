//! The gate before every call that changes something: is it the same as one before, does the step list it and hold all that
//! it touches, does nothing speak against it now? Only then its intention is written.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use ringkeeper_cluster::{Endpoint, MembershipReport, NodeId, ProcessIdentity, Snapshot};
use ringkeeper_guard::Block;
use ringkeeper_journal::{
    Call, EffectId, EffectResult, Event, Intent, JournalError, RunEvent, RunState, Undo,
};
use ringkeeper_plan::Impact;
use ringkeeper_sandbox::WorkError;
use ringkeeper_seams::Timestamp;

use super::effects::{StepWork, silent};
use super::fault_points::Safeguard;
use super::foreign::foreign_commands;
use super::guarding::{Facts, LEASE_LIMIT, call_proposal};
use super::run::{Effect, Run, StepState};
use super::touched::{self, Touched};

/// Blocks told in one sentence.
const MOST_WORDS: usize = 3;

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

/// A call that is about to be journaled.
pub(super) struct Wanted {
    /// The node it is made to.
    pub(super) node: NodeId,
    pub(super) endpoint: Endpoint,
    /// The process that is there.
    pub(super) process: ProcessIdentity,
    pub(super) digest: String,
    pub(super) call: Call,
    /// What takes it back.
    pub(super) undo: Option<Undo>,
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
        if self.conductor.faults().omits(Safeguard::Replay) {
            return None;
        }
        self.known_of_attempt(digest, occurrence).or_else(|| {
            let is_done = |effect: &Effect| matches!(effect.result, Some(EffectResult::Done { .. }));
            let nth = usize::try_from(occurrence).unwrap_or(1).saturating_sub(1);
            self.nth_equal(digest, nth, is_done)
        })
    }

    /// The effect of the same call of this attempt. A state-effect of another attempt answers nothing: the node is asked.
    pub(super) fn known_of_attempt(&self, digest: &str, occurrence: u32) -> Option<EffectId> {
        self.nth_equal(digest, 0, |effect| self.is_same(effect, occurrence))
    }

    /// The n-th effect of the run, from 0, of calls that are equal to this one.
    fn nth_equal(&self, digest: &str, nth: usize, is_meant: impl Fn(&Effect) -> bool) -> Option<EffectId> {
        let book = self.cluster.stream.book();
        let effects = book.run(&self.run)?.effects.values();
        let mut meant = effects.filter(|effect| effect.intent.digest == digest && is_meant(effect));
        Some(meant.nth(nth)?.intent.effect.clone())
    }

    fn is_same(&self, effect: &Effect, occurrence: u32) -> bool {
        effect.intent.step == self.step
            && effect.intent.attempt == self.attempt
            && effect.intent.occurrence == occurrence
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

    /// Lets the call pass, or refuses it and writes down that the plugin overstepped.
    pub(super) async fn let_pass(&self, function: &str, touched: &Touched) -> Result<(), WorkError> {
        let refused = match self.is_allowed(function, touched) {
            Err(WorkError::AccessDenied(reason)) => reason,
            answer => return answer,
        };
        let is_told = {
            let book = self.cluster.stream.book();
            let told = (self.step.clone(), refused.clone());
            book.run(&self.run)
                .is_none_or(|run| run.oversteps.contains(&told))
        };
        if !is_told {
            let event = RunEvent::Overstepped {
                step: self.step.clone(),
                reason: refused.clone(),
            };
            self.write(event).await?;
        }
        Err(WorkError::AccessDenied(refused))
    }

    /// Whether the step may make this call to these nodes.
    fn is_allowed(&self, function: &str, touched: &Touched) -> Result<(), WorkError> {
        let book = self.cluster.stream.book();
        let step = book.run(&self.run).and_then(|run| run.step(&self.step));
        let Some(record) = step else {
            return Err(WorkError::AccessDenied(format!(
                "run {} has no step `{}`",
                self.run, self.step
            )));
        };
        let outside = self.outside_scope(&book, function, touched);
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
            // Who only looks holds nothing.
            StepState::Started { .. } if record.step.impact == Impact::Observe => {
                record.step.nodes.as_slice()
            }
            // It takes what it declared as it goes.
            StepState::Started { .. } if record.is_wide() => record.step.nodes.as_slice(),
            StepState::Started { nodes, .. } => nodes.as_slice(),
            _ => &[],
        };
        match touched.nodes.iter().find(|node| !held.contains(node)) {
            Some(node) => denied(format!(
                "`{function}` would touch node {node}, which step `{}` does not hold",
                self.step
            )),
            None => outside.map_or(Ok(()), denied),
        }
    }

    /// Asks every node the call touches, now, whether it leads a repair that is not ours or repairs by itself. Answers the
    /// coordinator's report.
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
            if let Some(command) = foreign.first()
                && !self.conductor.faults().omits(Safeguard::NodeAsked)
            {
                return Err(WorkError::Conflict(format!(
                    "node {endpoint} leads repair command {command} of another tool"
                )));
            }
            if report.work.auto_repair == Some(true) {
                return Err(WorkError::Conflict(format!(
                    "Cassandra's own repair scheduler is on at node {endpoint}"
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
    pub(super) async fn intend(&self, wanted: Wanted, touched: &Touched) -> Result<EffectId, WorkError> {
        let mut minted = None;
        let occurrence = self.occurrence(&wanted.digest);
        let made = wanted.digest.clone();
        let now = self.conductor.seams().clock.now();
        if let Some(until) = self.cluster.held_until().filter(|until| *until > now) {
            return Err(WorkError::Unavailable(format!(
                "the journal was lost; nothing is begun before {until}"
            )));
        }
        let (snapshot, said) = (self.cluster.snapshot(), self.cluster.said());
        let decide = |_, book: &super::Book| {
            let run = book.run(&self.run);
            let run = run.ok_or_else(|| {
                NotIntended::Refused(WorkError::NotFound(format!("run {} is gone", self.run)))
            })?;
            // What brings a node back is never held up.
            if wanted.call != Call::Start {
                may_begin(book, run, touched.impact).map_err(NotIntended::Refused)?;
                self.is_within_bounds(book, run, touched, now)
                    .map_err(NotIntended::Refused)?;
                is_in_time(run, &self.step, now).map_err(NotIntended::Refused)?;
            }
            if matches!(wanted.call, Call::Repair { .. }) {
                nobody_of_us_repairs(run, snapshot.as_deref(), touched).map_err(NotIntended::Refused)?;
            }
            let mut events = Vec::new();
            if let Some(snapshot) = &snapshot {
                let facts = || Facts::gather(book, snapshot, &said, now, self.cluster.sweep_every);
                let taken = self.take(run, touched, facts).map_err(NotIntended::Refused)?;
                events.extend(taken.map(|event| self.event(event)));
            }
            let effect = run.next_effect();
            minted = Some(effect.clone());
            let intent = Intent {
                effect,
                step: self.step.clone(),
                attempt: self.attempt,
                digest: wanted.digest,
                occurrence,
                node: wanted.node,
                endpoint: wanted.endpoint,
                process: wanted.process,
                call: wanted.call,
                undo: wanted.undo,
            };
            events.push(self.event(RunEvent::Intended(Box::new(intent))));
            Ok::<_, NotIntended>(events)
        };
        self.cluster
            .stream
            .commit(&self.cluster.name, self.conductor.journal(), now, decide)
            .await?;
        self.note_made(&made);
        minted.ok_or_else(|| WorkError::Other("no effect was minted".to_owned()))
    }

    /// The nodes that a step over many nodes takes for this call, if the guard lets it have them. Facts are gathered only
    /// where there are nodes to take.
    fn take(
        &self,
        run: &Run,
        touched: &Touched,
        facts: impl FnOnce() -> Facts,
    ) -> Result<Option<RunEvent>, WorkError> {
        let Some(record) = run.step(&self.step).filter(|record| record.is_wide()) else {
            return Ok(None);
        };
        let StepState::Started { nodes: held, .. } = &record.state else {
            return Ok(None);
        };
        let nodes: BTreeSet<NodeId> = touched
            .nodes
            .iter()
            .copied()
            .filter(|node| !held.contains(node))
            .collect();
        if nodes.is_empty() {
            return Ok(None);
        }
        let verdict = facts().ask(
            &call_proposal(
                run,
                record,
                touched.impact.min(Impact::Change),
                nodes.clone(),
                &self.cluster.policy,
            ),
            &self.cluster.policy,
        );
        if !verdict.is_admitted() {
            return Err(WorkError::Conflict(words(&verdict.blocks)));
        }
        Ok(Some(RunEvent::NodesTaken {
            step: self.step.clone(),
            nodes: nodes.into_iter().collect(),
        }))
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

/// Blocks in words, the first few.
pub(super) fn words(blocks: &[Block]) -> String {
    let mut words: Vec<String> = blocks.iter().take(MOST_WORDS).map(ToString::to_string).collect();
    if blocks.len() > MOST_WORDS {
        words.push(format!("and {} more", blocks.len() - MOST_WORDS));
    }
    words.join("; ")
}

/// A step that has held its nodes for too long begins nothing more.
fn is_in_time(run: &Run, step: &str, now: Timestamp) -> Result<(), WorkError> {
    let since = run.step(step).and_then(|record| record.started_at);
    match since {
        Some(since) if now.since(since) > LEASE_LIMIT => Err(WorkError::Unavailable(format!(
            "the step holds its nodes since {since}, which is longer than the {} hours it may",
            LEASE_LIMIT.as_secs() / 3_600
        ))),
        _ => Ok(()),
    }
}

/// Whether a run may begin another piece of this impact. A freeze holds back changes, and nobody who looks.
pub(super) fn may_begin(book: &super::Book, run: &Run, impact: Impact) -> Result<(), WorkError> {
    if let Some((_, reason)) = book.frozen.as_ref().filter(|_| impact > Impact::Observe) {
        return Err(WorkError::Unavailable(format!("the cluster is frozen: {reason}")));
    }
    match run.state {
        // What is under way was approved, where it had to be; what was not does not start.
        RunState::Running | RunState::AwaitingApproval => Ok(()),
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
