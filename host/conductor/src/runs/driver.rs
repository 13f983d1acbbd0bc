//! The loop that carries the runs of one cluster on: starts what may start, ends what is done, and sleeps until something
//! happens that could change that.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use ringkeeper_journal::{Event, JournalError, RunEvent, RunId, StepEnd};

use super::admission::{Admission, World};
use super::run::StepState;
use crate::Conductor;
use crate::conductor::Watched;

/// The longest sleep: the clock may have been set, a schedule may have come due unseen.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// Between looks at a foreign repair that is waited for.
const FOREIGN_POLL: Duration = Duration::from_secs(3);
/// After the journal could not be written.
const JOURNAL_POLL: Duration = Duration::from_secs(5);

/// Attempts under way.
type Attempts = FuturesUnordered<BoxFuture<'static, ()>>;

impl Conductor {
    /// Carries on the runs of a cluster until dropped.
    pub(crate) async fn drive(self: Arc<Self>, cluster: Arc<Watched>) {
        let mut attempts = Attempts::new();
        self.take_up(&cluster, &attempts);
        loop {
            self.serve_schedules(&cluster).await;
            self.prune(&cluster).await;
            self.settle_journal(&cluster).await;
            self.replan_what_changed(&cluster).await;
            let admission = self.admission(&cluster);
            cluster.set_blocked(admission.blocked.clone());
            let begun = self.begin(&cluster, &admission, &mut attempts).await;
            self.close_what_is_done(&cluster).await;
            let pause = match begun {
                Ok(true) => Duration::ZERO,
                Ok(false) => self.pause(&cluster, &admission),
                Err(_) => JOURNAL_POLL,
            };
            if pause.is_zero() {
                continue;
            }
            self.sleep(&cluster, &mut attempts, pause).await;
            if admission.waits_for_others {
                self.look_at_foreign_repairs(&cluster).await;
            }
        }
    }

    /// Attempts that were under way when the host ended go on where they were.
    fn take_up(self: &Arc<Self>, cluster: &Arc<Watched>, attempts: &Attempts) {
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
            attempts.push(self.attempt(cluster, run, step));
        }
    }

    /// An attempt that first waits for the host's first look: without it no plugin sees anything.
    fn attempt(self: &Arc<Self>, cluster: &Arc<Watched>, run: RunId, step: String) -> BoxFuture<'static, ()> {
        let (conductor, cluster) = (Arc::clone(self), Arc::clone(cluster));
        Box::pin(async move {
            let mut snapshots = cluster.snapshots.clone();
            let is_ready = |snapshot: &Option<Arc<ringkeeper_cluster::Snapshot>>| {
                snapshot
                    .as_ref()
                    .is_some_and(|snapshot| snapshot.schema_observed_at.is_some())
            };
            if snapshots.wait_for(is_ready).await.is_ok() {
                conductor.carry_out(cluster, run, step).await;
            }
        })
    }

    fn admission(&self, cluster: &Watched) -> Admission {
        let snapshot = cluster.snapshot();
        let (said, replans) = (cluster.said(), cluster.replans());
        let book = cluster.stream.book();
        let world = World {
            book: &book,
            snapshot: snapshot.as_deref(),
            said: &said,
            replans: &replans,
            now: self.seams().clock.now(),
            held_until: cluster.held_until(),
        };
        world.admit()
    }

    /// Starts what was admitted, if it still is when its leases are written; answers whether anything was.
    async fn begin(
        self: &Arc<Self>,
        cluster: &Arc<Watched>,
        admission: &Admission,
        attempts: &mut Attempts,
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
            let now = self.seams().clock.now();
            let decide = |_, book: &super::Book| {
                let run_now = book.run(run);
                let Some(record) = run_now.and_then(|run| run.step(step)) else {
                    return Ok(Vec::new());
                };
                let held = book.held();
                let free = !record.step.nodes.iter().any(|node| held.contains(node));
                let going = run_now.is_some_and(|run| run.state == ringkeeper_journal::RunState::Running);
                let pending = matches!(record.state, StepState::Pending { .. });
                let thawed = book.frozen.is_none();
                if !(free && going && pending && thawed) {
                    return Ok(Vec::new());
                }
                let what = RunEvent::StepStarted {
                    step: step.clone(),
                    attempt: record.attempt + 1,
                    nodes: if record.step.impact == ringkeeper_plan::Impact::Observe {
                        Vec::new()
                    } else {
                        record.step.nodes.clone()
                    },
                };
                Ok::<_, JournalError>(vec![Event::Run {
                    run: run.clone(),
                    what,
                }])
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
                attempts.push(self.attempt(cluster, run.clone(), step.clone()));
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
        let event = Event::Run {
            run: run.clone(),
            what,
        };
        let now = self.seams().clock.now();
        cluster
            .stream
            .commit(&cluster.name, self.journal(), now, |_, _| Ok(vec![event]))
            .await
    }

    /// How long nothing can happen that is not announced.
    fn pause(&self, cluster: &Watched, admission: &Admission) -> Duration {
        let now = self.seams().clock.now();
        let until = |moment: ringkeeper_seams::Timestamp| moment.since(now).max(Duration::from_millis(1));
        let mut pause = if admission.waits_for_others {
            FOREIGN_POLL
        } else {
            LONGEST_SLEEP
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

    /// Sleeps until an attempt ends, somebody wakes the loop, or the time is up.
    async fn sleep(&self, cluster: &Watched, attempts: &mut Attempts, pause: Duration) {
        let ended = async {
            if attempts.is_empty() {
                std::future::pending::<()>().await;
            }
            attempts.next().await;
        };
        let ended = std::pin::pin!(ended);
        let woken = std::pin::pin!(cluster.wake.notified());
        // The first that is ready, looked at in this order: nothing is left to chance.
        let first = futures::future::select(ended, woken);
        // Whichever it was, the loop looks at everything anew.
        let _ = tokio::time::timeout(pause, first).await;
    }
}
