//! The loop that carries the runs of one cluster on: starts what may start, ends what is done, and sleeps until something
//! happens that could change that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join;
use ringkeeper_cluster::Snapshot;
use ringkeeper_guard::Block;
use ringkeeper_journal::{Event, JournalError, NotedBlock, RunEvent, RunId, RunState, StepEnd, Version};
use ringkeeper_plan::Impact;

use super::Book;
use super::admission::{Admission, World};
use super::attempts::{Attempt, Begin, attempts, carry_on};
use super::run::{StepRecord, StepState};
use super::starting::Ground;
use crate::Conductor;
use crate::conductor::Watched;

/// The longest sleep: the clock may have been set, a schedule may have come due unseen.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Between looks at a foreign repair that is waited for.
const FOREIGN_POLL: Duration = Duration::from_secs(3);
/// Between questions to the guard about a step that it holds up.
const GUARDED_POLL: Duration = Duration::from_secs(5);
/// Between two looks made for the guard; less than what it takes as fresh.
const LOOKS_APART: Duration = Duration::from_secs(3);
/// How long a step that took something away waits for the host's first look before that is brought back without one.
const FIRST_LOOK: Duration = Duration::from_secs(60);
/// Notes of what the guard has against steps, written at a time.
const MOST_NOTES: usize = 50;
/// Blocks kept of one step.
const MOST_NOTED: usize = 5;
/// After the journal could not be written.
const JOURNAL_POLL: Duration = Duration::from_secs(5);

impl Conductor {
    /// Carries on the runs of a cluster until dropped.
    pub(crate) async fn drive(self: Arc<Self>, cluster: Arc<Watched>) {
        let (begin, begun) = attempts();
        join(self.decide(&cluster, begin), carry_on(begun, &cluster.wake)).await;
    }

    /// Decides what follows, again and again.
    async fn decide(self: &Arc<Self>, cluster: &Arc<Watched>, begin: Begin) {
        self.take_up(cluster, &begin);
        loop {
            self.serve_schedules(cluster).await;
            self.serve_mitigations(cluster).await;
            self.prune(cluster).await;
            self.settle_journal(cluster).await;
            self.replan_what_changed(cluster).await;
            self.ask_for_approval(cluster).await;
            self.end_vain_waits(cluster).await;
            self.reckon_deadlines(cluster).await;
            let snapshot = self.sight(cluster).await;
            let admission = self.admission(cluster, snapshot.as_ref());
            cluster.set_blocked(admission.blocked.clone());
            cluster.set_kept(admission.kept.clone());
            self.note_blocks(cluster, &admission).await;
            let begun = self.begin(cluster, &admission, snapshot.as_ref(), &begin).await;
            self.close_what_is_done(cluster).await;
            let pause = match begun {
                Ok(true) => Duration::ZERO,
                Ok(false) => self.pause(cluster, &admission),
                Err(_) => JOURNAL_POLL,
            };
            if pause.is_zero() {
                continue;
            }
            // Whatever it was that ended the sleep, everything is looked at anew.
            let _ = tokio::time::timeout(pause, cluster.wake.notified()).await;
            if !admission.guarded.is_empty()
                && let Err(error) = cluster.stream.refresh(&cluster.name, self.journal()).await
            {
                tracing::error!(cluster = cluster.name, %error, "the journal cannot be read");
            }
            if admission.waits_for_others {
                self.look_at_foreign_repairs(cluster).await;
            }
        }
    }

    /// Attempts that were under way when the host ended go on where they were.
    fn take_up(self: &Arc<Self>, cluster: &Arc<Watched>, begin: &Begin) {
        let started: Vec<(RunId, String)> = {
            let book = cluster.stream.book();
            let runs = book.open_runs();
            runs.flat_map(|run| {
                run.steps
                    .iter()
                    .filter(|record| matches!(record.state, StepState::Started { .. }))
                    .map(|record| (run.opened.run.clone(), record.step.id.clone()))
            })
            .collect()
        };
        for (run, step) in started {
            tracing::info!(cluster = cluster.name, %run, step, "a step is taken up again");
            hand_over(begin, self.attempt(cluster, run, step));
        }
    }

    /// An attempt that first waits for the host's first look: without it no plugin sees anything.
    fn attempt(self: &Arc<Self>, cluster: &Arc<Watched>, run: RunId, step: String) -> Attempt {
        let (conductor, cluster) = (Arc::clone(self), Arc::clone(cluster));
        Box::pin(async move {
            if has_open_undo(&cluster, &run, &step)
                && tokio::time::timeout(FIRST_LOOK, first_look(&cluster))
                    .await
                    .is_err()
            {
                tracing::warn!(cluster = cluster.name, %run, step, "nobody is seen: what the step took away is brought back first");
                conductor.undo(&cluster, &run, &step).await;
            }
            first_look(&cluster).await;
            conductor.carry_out(cluster, run, step).await;
        })
    }

    /// What is decided on: the newest look at the cluster, or one made for the purpose where a node is to go away.
    async fn sight(&self, cluster: &Watched) -> Option<Arc<Snapshot>> {
        let newest = cluster.snapshot();
        let wants_to_disrupt = {
            let book = cluster.stream.book();
            book.open_runs().any(|run| {
                let next = |record: &&StepRecord| {
                    record.step.impact == Impact::Disrupt
                        && matches!(record.state, StepState::Pending { .. })
                        && record
                            .step
                            .after
                            .iter()
                            .all(|id| run.step(id).is_none_or(|before| before.state.is_end()))
                };
                run.state == RunState::Running && run.steps.iter().any(|record| next(&record))
            })
        };
        // Every look wakes this loop: one that was made a moment ago is fresh enough to decide on again.
        if wants_to_disrupt && newest.is_some() && cluster.may_look(self.seams().clock.now(), LOOKS_APART) {
            return cluster.look().await;
        }
        newest
    }

    fn admission(&self, cluster: &Watched, snapshot: Option<&Arc<Snapshot>>) -> Admission {
        let (said, replans) = (cluster.said(), cluster.replans());
        let (graces, kept) = (cluster.reckoned().graces(), cluster.kept());
        let book = cluster.stream.book();
        let denied = self.denied(&book);
        let world = World {
            book: &book,
            snapshot,
            sweep_every: cluster.sweep_every,
            policy: &cluster.policy,
            denied: &denied,
            said: &said,
            replans: &replans,
            now: self.seams().clock.now(),
            held_until: cluster.held_until(),
            graces: &graces,
            kept: &kept,
        };
        world.admit()
    }

    /// Runs whose plugin may not work any more: it is gone from the configuration, or lost a grant.
    fn denied(&self, book: &Book) -> BTreeMap<RunId, String> {
        let denied = book.open_runs().filter_map(|run| {
            let name = &run.opened.plugin;
            let reason = match self.plugins().named(name).map(|entry| &entry.loaded) {
                None => format!("plugin `{name}` is no longer in the configuration"),
                Some(Err(reason)) => format!("plugin `{name}` was refused: {reason}"),
                Some(Ok(_)) => return None,
            };
            Some((run.opened.run.clone(), reason))
        });
        denied.collect()
    }

    /// Writes what the guard has against steps, where that has changed since it was last written.
    async fn note_blocks(&self, cluster: &Watched, admission: &Admission) {
        let notes: Vec<Event> = {
            let book = cluster.stream.book();
            let runs = book.open_runs().filter(|run| run.state == RunState::Running);
            let changed = runs.flat_map(|run| {
                run.steps.iter().filter_map(|record| {
                    if !matches!(record.state, StepState::Pending { .. }) {
                        return None;
                    }
                    let place = (run.opened.run.clone(), record.step.id.clone());
                    let blocks = noted(admission.guarded.get(&place).map_or(&[][..], Vec::as_slice));
                    let is_ready = admission.ready.contains(&place);
                    let same = record.blocks.iter().map(subject).eq(blocks.iter().map(subject));
                    (!same && !is_ready).then_some(Event::Run {
                        run: place.0,
                        what: RunEvent::Blocked {
                            step: place.1,
                            blocks,
                        },
                    })
                })
            });
            changed.take(MOST_NOTES).collect()
        };
        let now = self.seams().clock.now();
        cluster
            .stream
            .append(&cluster.name, self.journal(), now, notes)
            .await;
    }

    /// Starts what was admitted, if it still is when its leases are written; answers whether anything was.
    async fn begin(
        self: &Arc<Self>,
        cluster: &Arc<Watched>,
        admission: &Admission,
        snapshot: Option<&Arc<Snapshot>>,
        begin: &Begin,
    ) -> Result<bool, JournalError> {
        let mut any = false;
        for (run, step, reason) in &admission.skipped {
            let end = StepEnd::Skipped {
                reason: reason.clone(),
            };
            let event = RunEvent::StepEnded {
                step: step.clone(),
                end,
            };
            self.write(cluster, run, event).await?;
            any = true;
        }
        for (run, step) in &admission.ready {
            let (now, said) = (self.seams().clock.now(), cluster.said());
            let decide = |_, book: &Book| {
                let what = snapshot.and_then(|snapshot| {
                    let ground = Ground {
                        snapshot,
                        said: &said,
                        now,
                        sweep_every: cluster.sweep_every,
                        policy: &cluster.policy,
                    };
                    ground.start(book, run, step)
                });
                let event = what.map(|what| Event::Run {
                    run: run.clone(),
                    what,
                });
                Ok::<_, JournalError>(event.into_iter().collect())
            };
            cluster
                .stream
                .commit(&cluster.name, self.journal(), now, decide)
                .await?;
            let started = cluster
                .stream
                .book()
                .run(run)
                .and_then(|run| run.step(step))
                .is_some_and(|record| matches!(record.state, StepState::Started { .. }));
            if started {
                hand_over(begin, self.attempt(cluster, run.clone(), step.clone()));
                any = true;
            }
        }
        Ok(any)
    }

    /// Writes one event of a run.
    pub(super) async fn write(
        &self,
        cluster: &Watched,
        run: &RunId,
        what: RunEvent,
    ) -> Result<(), JournalError> {
        self.write_numbered(cluster, run, what).await.map(drop)
    }

    /// The same; answers the number of its row.
    pub(super) async fn write_numbered(
        &self,
        cluster: &Watched,
        run: &RunId,
        what: RunEvent,
    ) -> Result<Version, JournalError> {
        let event = Event::Run {
            run: run.clone(),
            what,
        };
        let now = self.seams().clock.now();
        let mut number = Version(0);
        cluster
            .stream
            .commit(&cluster.name, self.journal(), now, |next, _| {
                number = next;
                Ok::<_, JournalError>(vec![event])
            })
            .await?;
        Ok(number)
    }

    /// How long nothing can happen that is not announced.
    fn pause(&self, cluster: &Watched, admission: &Admission) -> Duration {
        let now = self.seams().clock.now();
        let until = |moment: ringkeeper_seams::Timestamp| moment.since(now).max(Duration::from_millis(1));
        let mut pause = if admission.waits_for_others {
            FOREIGN_POLL
        } else if admission.guarded.is_empty() {
            LONGEST_SLEEP
        } else {
            GUARDED_POLL
        };
        let held = cluster.held_until().filter(|at| *at > now);
        for moment in [admission.wake_at, held, self.next_due(cluster)]
            .into_iter()
            .flatten()
        {
            pause = pause.min(until(moment));
        }
        pause
    }
}

/// Nobody receives it only when all ends, and then nothing is to be carried on.
fn hand_over(begin: &Begin, attempt: Attempt) {
    let _ = begin.send(attempt);
}

/// Waits until the cluster and its schema were seen once.
async fn first_look(cluster: &Watched) {
    loop {
        let looked = cluster.looked.notified();
        let seen = cluster.snapshot();
        if seen.is_some_and(|snapshot| snapshot.schema_observed_at.is_some()) {
            return;
        }
        looked.await;
    }
}

fn has_open_undo(cluster: &Watched, run: &RunId, step: &str) -> bool {
    let book = cluster.stream.book();
    book.run(run)
        .is_some_and(|run| run.open_undos(step).next().is_some())
}

/// Blocks as they are kept.
fn noted(blocks: &[Block]) -> Vec<NotedBlock> {
    let note = |block: &Block| NotedBlock {
        rule: block.rule.name().to_owned(),
        subject: block.subject.clone(),
        text: block.to_string(),
    };
    blocks.iter().take(MOST_NOTED).map(note).collect()
}

/// What makes a block another one: its numbers may change every moment.
fn subject(block: &NotedBlock) -> (&str, &str) {
    (&block.rule, &block.subject)
}
