//! Takes a node away: one look, and the call that follows from it.

use std::time::Duration;

use ringkeeper_cluster::{NodeErrorKind, Order, PeerStatus, ProcessState};
use ringkeeper_journal::{Call, EffectResult, JournalError, Part, RunEvent};
use ringkeeper_plan::Impact;

use super::super::fault_points::{FaultPoint, Safeguard};
use super::super::follow::{Look, Patience, in_doubt_window, run_of};
use super::super::gate::{may_begin, words};
use super::super::guarding::{Facts, call_proposal};
use super::super::run::Effect;
use super::seen::{Mode, Seen, mode, place_of};
use crate::Conductor;
use crate::conductor::Watched;

/// Between two looks at a node on its way.
const POLL: Duration = Duration::from_secs(1);
/// After a call that failed.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// Calls of one part that may fail.
const MOST_FAILURES: u32 = 3;
/// Looks at a node that is neither here nor gone, before it is given up.
const MOST_LOOKS: u32 = 300;

impl Conductor {
    /// One look at a node that is to be drained or stopped.
    pub(in crate::runs) async fn take_down(
        &self,
        cluster: &Watched,
        effect: &Effect,
        patience: &mut Patience,
    ) -> Look {
        let (node, endpoint) = (effect.intent.node, effect.intent.endpoint);
        let only_drains = effect.intent.call == Call::Drain;
        patience.looks = patience.looks.saturating_add(1);
        if patience.looks > MOST_LOOKS {
            return failed("it is neither there nor gone; see its log");
        }
        match self.see(cluster, effect).await {
            Seen::Answers(report) if report.host_id != node => {
                failed(format!("at {endpoint} answers another node: {}", report.host_id))
            }
            Seen::Answers(report) if report.process != effect.intent.process => not_started(format!(
                "its process is another one than the one that was to go: it was restarted at {}",
                report.process.started_at
            )),
            Seen::Answers(report) => match mode(&report) {
                Mode::Draining => Look::Again(POLL),
                Mode::Drained if only_drains => done("drained"),
                Mode::Drained => self.call_stop(cluster, effect, patience).await,
                Mode::Serving | Mode::Coming => self.call_drain(cluster, effect, patience).await,
            },
            Seen::Silent {
                process: Ok(ProcessState::Stopped),
                ..
            } => done("stopped"),
            Seen::Silent {
                error,
                process: Ok(ProcessState::Unknown),
            } if error.kind == NodeErrorKind::Unreachable
                && matches!(effect.calling, Some((Part::Stop, _)))
                && self.peers_see_it_down(cluster, effect).await =>
            {
                done("stopped, as its peers see it")
            }
            Seen::Silent { error, process } if effect.calling.is_none() && patience.looks > 3 => {
                not_started(format!(
                    "it does not answer, so it cannot be drained: {error}{}",
                    process.err().map(|why| format!("; {why}")).unwrap_or_default()
                ))
            }
            Seen::Silent { .. } => Look::Again(POLL),
        }
    }

    async fn peers_see_it_down(&self, cluster: &Watched, effect: &Effect) -> bool {
        let snapshot = cluster.look().await;
        snapshot.is_some_and(|snapshot| {
            snapshot
                .nodes
                .get(&effect.intent.node)
                .is_some_and(|view| view.status == PeerStatus::Down)
        })
    }

    /// Tells the node to drain, if nothing speaks against it at this very moment.
    async fn call_drain(&self, cluster: &Watched, effect: &Effect, patience: &mut Patience) -> Look {
        if let Some(reason) = self.speaks_against(cluster, effect, Impact::Disrupt).await {
            // Let go of now, the node would be drained behind everybody's back.
            if !patience.returned && self.may_still_drain(cluster, effect) {
                return Look::Again(POLL);
            }
            return not_started(reason);
        }
        if patience.failures >= MOST_FAILURES {
            return failed(patience.last_failure.clone());
        }
        if let Err(error) = self.note_calling(cluster, effect, Part::Drain).await {
            return not_started(format!(
                "the journal cannot be written, so nothing is done: {error}"
            ));
        }
        self.faults()
            .reach(FaultPoint::BeforeCall, &effect.intent.effect)
            .await;
        let answer = cluster.access.drain(effect.intent.endpoint).await;
        self.faults()
            .reach(FaultPoint::AfterCall, &effect.intent.effect)
            .await;
        patience.returned = !matches!(&answer, Err(error) if error.kind == NodeErrorKind::TimedOut);
        match answer {
            Ok(()) => Look::Again(Duration::ZERO),
            Err(error) if error.kind == NodeErrorKind::Unsupported => failed(error.to_string()),
            Err(error) => {
                patience.fail(error.to_string());
                Look::Again(POLL)
            }
        }
    }

    /// Tells the process driver to stop a node that is drained: it serves nobody, so nothing more is lost.
    async fn call_stop(&self, cluster: &Watched, effect: &Effect, patience: &mut Patience) -> Look {
        if !patience.returned && self.may_still_run(cluster, effect.calling, Part::Stop) {
            return Look::Again(POLL);
        }
        if patience.failures >= MOST_FAILURES {
            return failed(patience.last_failure.clone());
        }
        let Some(place) = place_of(cluster, effect) else {
            return Look::Again(POLL);
        };
        let Ok(order) = self.note_calling(cluster, effect, Part::Stop).await else {
            return Look::Again(AFTER_A_FAILURE);
        };
        self.faults()
            .reach(FaultPoint::BeforeCall, &effect.intent.effect)
            .await;
        let answer = cluster.process.stop(&place, &order).await;
        self.faults()
            .reach(FaultPoint::AfterCall, &effect.intent.effect)
            .await;
        patience.note_return(&answer);
        match answer {
            Ok(()) => Look::Again(Duration::ZERO),
            Err(error) => {
                patience.fail(error.to_string());
                Look::Again(AFTER_A_FAILURE)
            }
        }
    }

    /// Whether the node may yet begin with a drain that it was told and whose answer nobody heard: a call that waits in its
    /// queue is carried out even when its caller is gone.
    fn may_still_drain(&self, cluster: &Watched, effect: &Effect) -> bool {
        let window = in_doubt_window(cluster.call_limit);
        effect
            .calling
            .is_some_and(|(part, at)| part == Part::Drain && self.seams().clock.now().since(at) < window)
    }

    /// What speaks against making the call now, which has this impact on its node: the run, its plugin, or the guard on a
    /// look made for this call.
    pub(in crate::runs) async fn speaks_against(
        &self,
        cluster: &Watched,
        effect: &Effect,
        impact: Impact,
    ) -> Option<String> {
        if self.faults().omits(Safeguard::AskAgain) {
            return None;
        }
        let Some(snapshot) = cluster.look().await else {
            return Some("the host has not looked at the cluster yet".to_owned());
        };
        let (now, said) = (self.seams().clock.now(), cluster.said());
        let book = cluster.stream.book();
        let Some(run) = book.run(&run_of(&effect.intent.effect)) else {
            return Some("its run is gone".to_owned());
        };
        let Some(record) = run.step(&effect.intent.step) else {
            return Some("its step is gone".to_owned());
        };
        if let Err(error) = may_begin(&book, run, impact) {
            return Some(error.to_string());
        }
        // Nobody is left who would do with the node what it was to be taken away for.
        if let Some(why) = cluster.abandoned(&run.opened.run, &record.step.id) {
            return Some(why);
        }
        let facts = Facts::gather(&book, &snapshot, &said, now, cluster.sweep_every);
        let nodes = std::collections::BTreeSet::from([effect.intent.node]);
        let verdict = facts.ask(
            &call_proposal(run, record, impact, nodes, &cluster.policy),
            &cluster.policy,
        );
        (!verdict.is_admitted()).then(|| format!("the guard does not admit it: {}", words(&verdict.blocks)))
    }

    /// Writes that a part is about to be called; the row's number fences the call.
    pub(in crate::runs) async fn note_calling(
        &self,
        cluster: &Watched,
        effect: &Effect,
        part: Part,
    ) -> Result<Order, JournalError> {
        let run = run_of(&effect.intent.effect);
        let event = RunEvent::Calling {
            effect: effect.intent.effect.clone(),
            part,
        };
        let number = self.write_numbered(cluster, &run, event).await?;
        Ok(Order {
            run: run.to_string(),
            step: effect.intent.step.clone(),
            number: number.0,
        })
    }
}

fn done(message: &str) -> Look {
    Look::Ended(EffectResult::Done {
        message: message.to_owned(),
    })
}

fn failed(message: impl Into<String>) -> Look {
    Look::Ended(EffectResult::Failed {
        message: message.into(),
    })
}

fn not_started(reason: impl Into<String>) -> Look {
    Look::Ended(EffectResult::NotStarted {
        reason: reason.into(),
    })
}
