//! Brings a node back: one look, and the call that follows from it.

use std::time::Duration;

use ringkeeper_cluster::{NodeErrorKind, ProcessState};
use ringkeeper_journal::{Call, EffectResult, Part, Undo};

use super::super::fault_points::FaultPoint;
use super::super::follow::{Look, Patience};
use super::super::run::Effect;
use super::seen::{Mode, Seen, is_seen_back, mode, place_of, serves};
use crate::Conductor;
use crate::conductor::Watched;

/// Between two looks at a node on its way.
const POLL: Duration = Duration::from_secs(1);
/// After a call that failed.
const AFTER_A_FAILURE: Duration = Duration::from_secs(5);
/// Failures in a row after which a start has failed. The undo goes on trying.
const MOST_FAILURES: u32 = 3;
/// Starts after which a process that ended again is one that will not run.
const MOST_STARTS: u32 = 3;
/// Before the host starts once more what it took away itself, and what will not run.
const BEFORE_ANOTHER_START: Duration = Duration::from_secs(60);
/// How long a start is waited for: a node may have much commit log to replay.
const LONGEST_START: Duration = Duration::from_secs(30 * 60);

/// How a node that is to serve again is found.
pub(super) enum Nudge {
    /// It serves, and its peers see it.
    Back,
    /// It is on its way, or something was done about it; look again after this time.
    Again(Duration),
    /// Something stands in its way, in words.
    Trouble(String),
}

impl Conductor {
    /// One look at a node that is to be started.
    pub(in crate::runs) async fn start_node(
        &self,
        cluster: &Watched,
        effect: &Effect,
        patience: &mut Patience,
    ) -> Look {
        let failed = |message: String| Look::Ended(EffectResult::Failed { message });
        match self.nudge(cluster, effect, patience).await {
            Nudge::Back => {
                if let Some(other) = came_back_as_another(cluster, effect) {
                    return failed(other);
                }
                Look::Ended(EffectResult::Done {
                    message: "it serves, and its peers see it".to_owned(),
                })
            }
            Nudge::Trouble(words) => {
                patience.fail(words);
                if patience.failures >= MOST_FAILURES {
                    return failed(patience.last_failure.clone());
                }
                Look::Again(AFTER_A_FAILURE)
            }
            Nudge::Again(_) if self.seams().clock.now().since(effect.intended_at) > LONGEST_START => {
                failed(format!(
                    "it is not back after {} minutes; see its log",
                    LONGEST_START.as_secs() / 60
                ))
            }
            Nudge::Again(pause) => Look::Again(pause),
        }
    }

    /// Looks at a node that is to serve, and makes the call that brings it nearer to that.
    pub(super) async fn nudge(&self, cluster: &Watched, effect: &Effect, patience: &mut Patience) -> Nudge {
        let (node, endpoint) = (effect.intent.node, effect.intent.endpoint);
        match self.see(cluster, effect).await {
            Seen::Answers(report) if report.host_id != node => Nudge::Trouble(format!(
                "at {endpoint} answers another node: host id {}, not {node}",
                report.host_id
            )),
            Seen::Answers(report) if serves(&report) => {
                let snapshot = cluster.look().await;
                let view = snapshot.as_ref().and_then(|snapshot| snapshot.nodes.get(&node));
                if view.is_some_and(is_seen_back) {
                    Nudge::Back
                } else {
                    Nudge::Again(POLL)
                }
            }
            Seen::Answers(report) if mode(&report) == Mode::Drained => {
                self.call_process(cluster, effect, Part::Stop, patience).await
            }
            Seen::Answers(_) => Nudge::Again(POLL),
            Seen::Silent {
                process: Ok(ProcessState::Running),
                ..
            } => Nudge::Again(POLL),
            Seen::Silent {
                process: Ok(ProcessState::Stopped),
                ..
            } => match self.will_not_run(effect) {
                Some(words) => Nudge::Trouble(words),
                None => self.call_process(cluster, effect, Part::Start, patience).await,
            },
            Seen::Silent {
                error,
                process: Ok(ProcessState::Unknown),
            } => {
                // Nobody can tell whether it runs: one call, and then it has its time.
                let called = matches!(effect.calling, Some((Part::Start, _)));
                if called || error.kind != NodeErrorKind::Unreachable {
                    return Nudge::Again(POLL);
                }
                self.call_process(cluster, effect, Part::Start, patience).await
            }
            Seen::Silent {
                process: Err(why), ..
            } => Nudge::Trouble(why),
        }
    }

    /// Nothing is started again and again that ends again and again. What the host took away itself it goes on trying to
    /// bring back, slowly.
    fn will_not_run(&self, effect: &Effect) -> Option<String> {
        let (_, at) = effect.calling?;
        let pauses = self.seams().clock.now().since(at) < BEFORE_ANOTHER_START;
        let is_given_up = effect.intent.call == Call::Start || pauses;
        (effect.starts >= MOST_STARTS && is_given_up).then(|| {
            format!(
                "it was started {} times, and its process does not run: see its log",
                effect.starts
            )
        })
    }

    async fn call_process(
        &self,
        cluster: &Watched,
        effect: &Effect,
        part: Part,
        patience: &mut Patience,
    ) -> Nudge {
        if !patience.returned && self.may_still_run(cluster, effect.calling, part) {
            return Nudge::Again(POLL);
        }
        let Some(place) = place_of(cluster, effect) else {
            return Nudge::Again(POLL);
        };
        let order = match self.note_calling(cluster, effect, part).await {
            Ok(order) => order,
            Err(error) => return Nudge::Trouble(format!("the journal cannot be written: {error}")),
        };
        self.faults()
            .reach(FaultPoint::BeforeCall, &effect.intent.effect)
            .await;
        let answer = match part {
            Part::Start => cluster.process.start(&place, &order).await,
            Part::Stop | Part::Drain | Part::Tool => cluster.process.stop(&place, &order).await,
        };
        self.faults()
            .reach(FaultPoint::AfterCall, &effect.intent.effect)
            .await;
        patience.note_return(&answer);
        match answer {
            Ok(()) => Nudge::Again(POLL),
            Err(error) => Nudge::Trouble(error.to_string()),
        }
    }
}

/// Says so where a node is back in another place, or as another release, than it went from.
fn came_back_as_another(cluster: &Watched, effect: &Effect) -> Option<String> {
    let snapshot = cluster.snapshot()?;
    let view = snapshot.nodes.get(&effect.intent.node)?;
    let book = cluster.stream.book();
    let run = book.run(&super::super::follow::run_of(&effect.intent.effect))?;
    let undo = run
        .open_undos(&effect.intent.step)
        .filter(|taken| taken.intent.node == effect.intent.node)
        .find_map(|taken| taken.intent.undo.as_ref())?;
    let Undo::Serve {
        data_centre,
        rack,
        release_version,
    } = undo;
    let changed = |what: &str, before: &str, now: &str| {
        (before != now).then(|| format!("it came back with another {what}: {now}, and was {before}"))
    };
    changed("data centre", data_centre, &view.data_centre)
        .or_else(|| changed("rack", rack, &view.rack))
        .or_else(|| {
            let (before, now) = (release_version.as_ref()?, view.release_version.as_ref()?);
            changed("release", before, now)
        })
}
