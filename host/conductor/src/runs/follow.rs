//! Follows an effect to its end, also after a crash, a lost answer or a dead coordinator.
//!
//! The reconcile table of once-effects:
//!
//! | what is known | what the node says | what follows |
//! |---|---|---|
//! | command number, same process | running | looked at again |
//! | | completed, failed | the end |
//! | | no word of it | its memory of repairs decides; without a word there either, lost after the in-doubt window |
//! | command number, another process | | lost: the command died with its process |
//! | command number | silent | looked at again, for as long as the node is in the ring |
//! | intention alone, same process | its memory has an equal repair begun since | that is it |
//! | | its memory has none | not started, once the in-doubt window has passed and two looks found none |
//! | intention alone, another process | | lost |
//!
//! That of tools stands in [`super::tools`].

use std::collections::BTreeSet;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, ProcessError, ProcessErrorKind, RecordedRepair, RepairOrder, RepairState};
use ringkeeper_journal::{Call, EffectId, EffectResult, Event, JournalError, RunEvent, RunId};
use ringkeeper_seams::Timestamp;

use super::fault_points::{FaultPoint, Safeguard};
use super::run::{Effect, StepState};
use super::touched;
use crate::Conductor;
use crate::conductor::Watched;

/// What is waited beyond the time limit of a call before anything counts as not started: a call that was queued in the
/// node's process runs even when its caller is gone.
const GRACE: Duration = Duration::from_secs(60);
/// Looks that must find nothing, each after the window has passed.
const LOOKS: u32 = 2;
/// How much a coordinator's clock may be behind ours, for a repair to count as begun since the intention.
const CLOCK_SKEW: Duration = Duration::from_secs(10);
const SHORTEST_POLL: Duration = Duration::from_millis(40);
const LONGEST_POLL: Duration = Duration::from_secs(2);
/// Between questions to a node that does not answer.
const SILENT_POLL: Duration = Duration::from_secs(5);

/// How long nothing is begun again after a call with this time limit whose answer is missing.
pub(crate) fn in_doubt_window(call_limit: Duration) -> Duration {
    call_limit + GRACE
}

/// What one look brought.
pub(super) enum Look {
    /// The effect came to its end.
    Ended(EffectResult),
    /// The command is known now.
    Taken(ringkeeper_cluster::RepairCommand),
    /// Ask again after this time.
    Again(Duration),
}

/// What is remembered between looks; a host that was killed does without.
#[derive(Default)]
pub(super) struct Patience {
    /// Looks after the window that found nothing.
    empty_looks: u32,
    polls: u32,
    /// Looks at a node that is to be taken away.
    pub(super) looks: u32,
    /// Calls that failed, and the last one's words.
    pub(super) failures: u32,
    pub(super) last_failure: String,
    /// Whether the last call to the node or its process driver came back, so that it is not under way any more.
    pub(super) returned: bool,
}

impl Conductor {
    /// Waits until the effect has its result, asking the node; writes what it learns.
    pub(super) async fn follow(&self, cluster: &Watched, run: &RunId, effect: &EffectId) {
        let mut patience = Patience::default();
        loop {
            let known = {
                let book = cluster.stream.book();
                book.run(run).and_then(|run| run.effect(effect)).cloned()
            };
            let Some(known) = known.filter(|known| known.result.is_none()) else {
                return;
            };
            let pause = match self.look_after(cluster, &known, &mut patience).await {
                Look::Again(pause) => pause,
                Look::Taken(command) => {
                    let event = RunEvent::Taken {
                        effect: effect.clone(),
                        command,
                    };
                    self.write_until_written(cluster, run, event).await;
                    Duration::ZERO
                }
                Look::Ended(result) => {
                    self.faults().reach(FaultPoint::BeforeEnd, effect).await;
                    let event = RunEvent::Ended {
                        effect: effect.clone(),
                        result,
                    };
                    self.write_until_written(cluster, run, event).await;
                    self.faults().reach(FaultPoint::AfterEnd, effect).await;
                    if let Some(event) = let_go(cluster, run, &known.intent.step) {
                        self.write_until_written(cluster, run, event).await;
                    }
                    return;
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn look_after(&self, cluster: &Watched, effect: &Effect, patience: &mut Patience) -> Look {
        if let Some(left) = has_left(cluster, effect.intent.node) {
            return Look::Ended(EffectResult::Lost { reason: left });
        }
        let order = match &effect.intent.call {
            Call::Repair { order } => order,
            Call::Drain | Call::Stop => return self.take_down(cluster, effect, patience).await,
            Call::Start => return self.start_node(cluster, effect, patience).await,
            Call::Tool { order } => return self.run_tool(cluster, effect, order, patience).await,
            // Nothing follows a flush: whoever wanted it asks again.
            Call::Flush { .. } => {
                return Look::Ended(EffectResult::Lost {
                    reason: "the host ended while it was made".to_owned(),
                });
            }
        };
        match &effect.command {
            Some(command) => self.poll(cluster, effect, command, order, patience).await,
            None => self.reconcile(cluster, effect, order, patience).await,
        }
    }

    /// Asks for a command by its number.
    async fn poll(
        &self,
        cluster: &Watched,
        effect: &Effect,
        command: &ringkeeper_cluster::RepairCommand,
        order: &RepairOrder,
        patience: &mut Patience,
    ) -> Look {
        let endpoint = effect.intent.endpoint;
        let answer = match cluster.access.repair_state(endpoint, command.number).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(cluster = cluster.name, %error, "a coordinator does not answer");
                return Look::Again(SILENT_POLL);
            }
        };
        if answer.process != command.process {
            return Look::Ended(EffectResult::Lost {
                reason: format!(
                    "node {endpoint} was restarted, and repair command {} died with it",
                    command.number
                ),
            });
        }
        match answer.state {
            RepairState::Running => Look::Again(patience.next()),
            RepairState::Completed(message) => Look::Ended(EffectResult::Done { message }),
            RepairState::Failed(message) => Look::Ended(EffectResult::Failed { message }),
            RepairState::Unknown => {
                let since = effect.intended_at.before(CLOCK_SKEW);
                let remembered = match cluster.access.coordinated_repairs(endpoint, since).await {
                    Ok(remembered) => remembered,
                    Err(_) => return Look::Again(SILENT_POLL),
                };
                let found = remembered.iter().find(|repair| match repair.command {
                    Some(number) => number == command.number,
                    None => is_the_same(repair, order, since),
                });
                self.judge(
                    cluster,
                    found,
                    effect,
                    patience,
                    "the node has no word of it any more",
                )
            }
        }
    }

    /// Looks for a repair of which only the intention is known.
    async fn reconcile(
        &self,
        cluster: &Watched,
        effect: &Effect,
        order: &RepairOrder,
        patience: &mut Patience,
    ) -> Look {
        if effect.doubt.is_none() {
            let event = RunEvent::InDoubt {
                effect: effect.intent.effect.clone(),
                reason: "the host ended before the answer was written".to_owned(),
            };
            self.write_until_written(cluster, &run_of(&effect.intent.effect), event)
                .await;
        }
        if self.faults().omits(Safeguard::InDoubt) {
            return Look::Ended(EffectResult::NotStarted {
                reason: "its answer is missing".to_owned(),
            });
        }
        let endpoint = effect.intent.endpoint;
        let report = match cluster.access.membership(endpoint).await {
            Ok(report) => report,
            Err(_) => return Look::Again(SILENT_POLL),
        };
        if report.process != effect.intent.process {
            return Look::Ended(EffectResult::Lost {
                reason: format!(
                    "node {endpoint} was restarted since the call, which died with it if it ever arrived"
                ),
            });
        }
        let since = effect.intended_at.before(CLOCK_SKEW);
        let remembered = match cluster.access.coordinated_repairs(endpoint, since).await {
            Ok(remembered) => remembered,
            Err(_) => return Look::Again(SILENT_POLL),
        };
        let claimed = claimed_by_others(cluster, effect);
        let equal = |repair: &&RecordedRepair| {
            is_the_same(repair, order, since)
                && repair.command.is_none_or(|number| !claimed.contains(&number))
        };
        let found = remembered
            .iter()
            .filter(equal)
            .max_by_key(|repair| repair.started_at);
        if let Some(number) = found.and_then(|repair| repair.command) {
            return Look::Taken(ringkeeper_cluster::RepairCommand {
                number,
                process: report.process,
            });
        }
        self.judge(
            cluster,
            found,
            effect,
            patience,
            "two looks at the node found no such repair",
        )
    }

    /// What a node's memory, or its silence about the effect, means.
    fn judge(
        &self,
        cluster: &Watched,
        found: Option<&RecordedRepair>,
        effect: &Effect,
        patience: &mut Patience,
        gone: &str,
    ) -> Look {
        let Some(repair) = found else {
            if self.seams().clock.now().since(effect.intended_at) < in_doubt_window(cluster.call_limit) {
                return Look::Again(LONGEST_POLL);
            }
            patience.empty_looks += 1;
            if patience.empty_looks < LOOKS {
                return Look::Again(LONGEST_POLL);
            }
            let reason = gone.to_owned();
            return Look::Ended(match effect.command {
                Some(_) => EffectResult::Lost { reason },
                None => EffectResult::NotStarted { reason },
            });
        };
        patience.empty_looks = 0;
        match (&repair.failure, repair.ended_at) {
            (Some(message), _) => Look::Ended(EffectResult::Failed {
                message: message.clone(),
            }),
            (None, Some(_)) => Look::Ended(EffectResult::Done {
                message: "completed, by the cluster's own history".to_owned(),
            }),
            (None, None) => Look::Again(patience.next()),
        }
    }

    /// Writes what the cluster says however long the journal cannot be written: it is true already.
    pub(super) async fn write_until_written(&self, cluster: &Watched, run: &RunId, what: RunEvent) {
        loop {
            let event = Event::Run {
                run: run.clone(),
                what: what.clone(),
            };
            let now = self.seams().clock.now();
            let written = cluster
                .stream
                .commit(&cluster.name, self.journal(), now, |_, _| {
                    Ok::<_, JournalError>(vec![event])
                })
                .await;
            if written.is_ok() {
                return;
            }
            tokio::time::sleep(SILENT_POLL).await;
        }
    }
}

impl Patience {
    /// Counts a failure.
    pub(super) fn fail(&mut self, words: String) {
        self.failures = self.failures.saturating_add(1);
        self.last_failure = words;
    }

    /// Notes whether a call to a process driver may still be under way.
    pub(super) fn note_return(&mut self, answer: &Result<(), ProcessError>) {
        self.returned = !matches!(answer, Err(error) if error.kind == ProcessErrorKind::TimedOut);
    }

    /// Short repairs are looked at often, long ones seldom.
    pub(super) fn next(&mut self) -> Duration {
        self.polls = self.polls.saturating_add(1);
        let grown = SHORTEST_POLL.saturating_mul(self.polls.saturating_add(4)) / 5;
        grown.min(LONGEST_POLL)
    }
}

/// The nodes that a step over many nodes can let go of: nothing that it began there is under way or to be taken back.
fn let_go(cluster: &Watched, run: &RunId, step: &str) -> Option<RunEvent> {
    let snapshot = cluster.snapshot()?;
    let book = cluster.stream.book();
    let run = book.run(run)?;
    let record = run.step(step).filter(|record| record.is_wide())?;
    let StepState::Started { nodes: held, .. } = &record.state else {
        return None;
    };
    let mut busy = BTreeSet::new();
    for effect in run.open_effects(step).chain(run.open_undos(step)) {
        busy.insert(effect.intent.node);
        if let Call::Repair { order } = &effect.intent.call {
            // Where it cannot be told any more whom it touches, it may be anybody.
            busy.extend(
                touched::by_repair(&snapshot, effect.intent.node, order)
                    .ok()?
                    .nodes,
            );
        }
    }
    let nodes: Vec<NodeId> = held.iter().copied().filter(|node| !busy.contains(node)).collect();
    (!nodes.is_empty()).then(|| RunEvent::NodesLeft {
        step: step.to_owned(),
        nodes,
    })
}

/// The run an effect's id names.
pub(super) fn run_of(effect: &EffectId) -> RunId {
    RunId(
        effect
            .0
            .rsplit_once('/')
            .map_or(effect.0.as_str(), |(run, _)| run)
            .to_owned(),
    )
}

/// Says so where a node is no member any more. Without a look at the ring nothing is said.
fn has_left(cluster: &Watched, node: NodeId) -> Option<String> {
    let snapshot = cluster.snapshot()?;
    (!snapshot.nodes.is_empty() && !snapshot.nodes.contains_key(&node))
        .then(|| format!("node {node} has left the ring"))
}

/// Whether a remembered repair is what was ordered, begun since then.
fn is_the_same(repair: &RecordedRepair, order: &RepairOrder, since: Timestamp) -> bool {
    let wanted: BTreeSet<_> = order.ranges.iter().copied().collect();
    let had: BTreeSet<_> = repair.ranges.iter().copied().collect();
    repair.keyspace == order.keyspace
        && repair
            .tables
            .iter()
            .eq(order.tables.iter().collect::<BTreeSet<_>>())
        && wanted == had
        && repair.started_at >= since
}

/// Numbers of this process that belong to other effects of ours.
fn claimed_by_others(cluster: &Watched, effect: &Effect) -> BTreeSet<i32> {
    let book = cluster.stream.book();
    let others = book.effects().filter_map(|(_, other)| {
        let command = other.command.as_ref()?;
        (other.intent.effect != effect.intent.effect && command.process == effect.intent.process)
            .then_some(command.number)
    });
    others.collect()
}
