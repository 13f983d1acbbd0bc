//! What the loop of one cluster remembers between its turns; none of it needs to outlive the host.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_journal::{RunId, RunState};
use ringkeeper_sandbox::Progress;
use ringkeeper_schedule::{Schedule, ScheduleError, Timetable};
use ringkeeper_seams::Timestamp;
use tokio::sync::watch;

use super::basis::same_world;
use super::deadline::Reckoned;
use super::foreign::Said;
use super::turns::Kept;
use crate::conductor::Watched;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct WorkState(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// What each run waits for.
    blocked: BTreeMap<RunId, Vec<String>>,
    /// By when repairs must be done.
    reckoned: Reckoned,
    /// The step of each run that others keep from its nodes.
    kept: BTreeMap<RunId, Kept>,
    /// Runs whose plugin asked for a new plan, and why.
    replans_asked: BTreeMap<RunId, String>,
    /// The look at the world that plans were last compared with, and how often it has become another one.
    world: Option<(Arc<Snapshot>, u64)>,
    /// The world with which each run's plan was last compared, and how.
    compared: BTreeMap<RunId, (u64, bool)>,
    /// When a run was last tried to be planned anew.
    replans_tried: BTreeMap<RunId, Timestamp>,
    /// What nodes said of their repair commands between sweeps.
    said: BTreeMap<NodeId, Said>,
    next_due: Option<Timestamp>,
    /// The version of the stream at which all schedules waited until then.
    schedules_rest_at: Option<u64>,
    looked_at: Option<Timestamp>,
    pruned_at: Option<Timestamp>,
    settled: bool,
    /// Schedules as they were last understood, by operation: to read one takes longer than a turn without work.
    timetables: BTreeMap<String, Arc<Timetable>>,
    /// Attempts with which their plugin does not go on, and why.
    abandoned: BTreeMap<(RunId, String), String>,
    /// Told to plugins that ask.
    cancelled: BTreeMap<RunId, Arc<AtomicBool>>,
    /// When a mitigation was last tried for a finding, by operation and key, and why it was not begun.
    mitigations: BTreeMap<(String, String), (Timestamp, Option<String>)>,
    /// How far plugins say they have come, by run and step.
    progress: BTreeMap<(RunId, String), watch::Sender<Progress>>,
}

impl WorkState {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    /// A schedule, understood.
    pub(super) fn timetable(
        &self,
        operation: &str,
        schedule: &Schedule,
    ) -> Result<Arc<Timetable>, ScheduleError> {
        let mut inner = self.work.inner();
        if let Some(known) = inner.timetables.get(operation)
            && known.schedule() == schedule
        {
            return Ok(Arc::clone(known));
        }
        let read = Timetable::parse(schedule)?.named(format!("{}/{operation}", self.name));
        let read = Arc::new(read);
        inner.timetables.insert(operation.to_owned(), Arc::clone(&read));
        Ok(read)
    }

    /// Remembers what runs wait for.
    pub(super) fn set_blocked(&self, blocked: BTreeMap<RunId, Vec<String>>) {
        self.work.inner().blocked = blocked;
    }

    /// What a run waits for.
    pub(super) fn blocked(&self, run: &RunId) -> Vec<String> {
        self.work.inner().blocked.get(run).cloned().unwrap_or_default()
    }

    /// By when repairs must be done, as it was last reckoned.
    pub(super) fn reckoned(&self) -> Reckoned {
        self.work.inner().reckoned.clone()
    }

    pub(super) fn set_reckoned(&self, reckoned: Reckoned) {
        self.work.inner().reckoned = reckoned;
    }

    /// The step of each run that others keep from its nodes.
    pub(super) fn kept(&self) -> BTreeMap<RunId, Kept> {
        self.work.inner().kept.clone()
    }

    pub(super) fn set_kept(&self, kept: BTreeMap<RunId, Kept>) {
        self.work.inner().kept = kept;
    }

    /// Notes that a run's plugin wants a new plan.
    pub(super) fn ask_replan(&self, run: &RunId, reason: String) {
        self.work.inner().replans_asked.insert(run.clone(), reason);
        self.wake.notify_one();
    }

    /// Why a run's plugin wants a new plan, if it does.
    pub(super) fn replan_asked(&self, run: &RunId) -> Option<String> {
        self.work.inner().replans_asked.get(run).cloned()
    }

    /// Every run that waits for a new plan, and why.
    pub(super) fn replans(&self) -> BTreeMap<RunId, String> {
        self.work.inner().replans_asked.clone()
    }

    /// The number of the world that a look sees: the same for as long as nothing has changed that a plan's basis is made of.
    pub(super) fn world(&self, snapshot: &Arc<Snapshot>) -> u64 {
        let mut inner = self.work.inner();
        let number = match inner.world.take() {
            Some((last, number)) if same_world(&last, snapshot) => number,
            Some((_, number)) => number + 1,
            None => 0,
        };
        inner.world = Some((Arc::clone(snapshot), number));
        number
    }

    /// Whether a run's plan was not compared yet with this world in this way; if so, notes that it is.
    pub(super) fn may_compare(&self, run: &RunId, world: u64, is_judged: bool) -> bool {
        let now = (world, is_judged);
        self.work.inner().compared.insert(run.clone(), now) != Some(now)
    }

    /// Whether it is time to try to plan a run anew; if so, notes that it was tried.
    pub(super) fn may_replan(&self, run: &RunId, now: Timestamp, every: Duration) -> bool {
        let mut inner = self.work.inner();
        let due = inner
            .replans_tried
            .get(run)
            .is_none_or(|at| now.since(*at) >= every);
        if due {
            inner.replans_tried.insert(run.clone(), now);
        }
        due
    }

    /// A run was planned anew.
    pub(super) fn replanned(&self, run: &RunId) {
        let mut inner = self.work.inner();
        inner.replans_asked.remove(run);
        inner.replans_tried.remove(run);
        // The new plan may be of a world that was gone again before anything was compared with it.
        inner.compared.remove(run);
    }

    /// Whether it is time to try to begin an operation for a finding; if so, notes that it was tried.
    pub(super) fn may_mitigate(&self, operation: &str, key: &str, now: Timestamp, every: Duration) -> bool {
        let place = (operation.to_owned(), key.to_owned());
        let mut inner = self.work.inner();
        let known = inner.mitigations.entry(place).or_insert((now, None));
        let due = known.1.is_none() || now.since(known.0) >= every;
        if due {
            known.0 = now;
        }
        due
    }

    /// An operation was begun for a finding.
    pub(super) fn note_mitigated(&self, operation: &str, key: &str) {
        let place = (operation.to_owned(), key.to_owned());
        self.work.inner().mitigations.remove(&place);
    }

    /// An operation could not be begun for a finding.
    pub(super) fn note_not_mitigated(&self, operation: &str, key: &str, why: String) {
        let place = (operation.to_owned(), key.to_owned());
        if let Some(known) = self.work.inner().mitigations.get_mut(&place) {
            known.1 = Some(why);
        }
    }

    /// Why an operation could not be begun for a finding, the last time it was tried.
    pub(super) fn not_mitigated(&self, operation: &str, key: &str) -> Option<String> {
        let place = (operation.to_owned(), key.to_owned());
        self.work.inner().mitigations.get(&place)?.1.clone()
    }

    /// Forgets what was tried for findings that are not open any more: should one open again, it is another matter.
    pub(super) fn forget_mitigations_but(&self, still_called_for: &BTreeSet<(String, String)>) {
        let mut inner = self.work.inner();
        inner
            .mitigations
            .retain(|place, _| still_called_for.contains(place));
    }

    /// What nodes said of their repair commands between sweeps.
    pub(super) fn said(&self) -> BTreeMap<NodeId, Said> {
        self.work.inner().said.clone()
    }

    pub(super) fn note_said(&self, node: NodeId, said: Said) {
        self.work.inner().said.insert(node, said);
    }

    /// The next moment a schedule comes due.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.work.inner().next_due
    }

    /// Whether every schedule waits, as it did when they were last decided on: nothing was written since, and none has
    /// come due.
    pub(super) fn schedules_rest(&self, version: u64, now: Timestamp) -> bool {
        let inner = self.work.inner();
        inner.schedules_rest_at == Some(version) && inner.next_due.is_none_or(|due| now < due)
    }

    /// When a schedule comes due next; where all wait for that, the version of the stream of which this was said.
    pub(super) fn set_next_due(&self, due: Option<Timestamp>, rest_at: Option<u64>) {
        let mut inner = self.work.inner();
        inner.next_due = due;
        inner.schedules_rest_at = rest_at;
    }

    /// Whether it is time to look for the guard again; if so, notes that it was done.
    pub(super) fn may_look(&self, now: Timestamp, apart: Duration) -> bool {
        let mut inner = self.work.inner();
        let due = inner.looked_at.is_none_or(|at| now.since(at) >= apart);
        if due {
            inner.looked_at = Some(now);
        }
        due
    }

    /// Whether it is time to prune; if so, notes that it was done.
    pub(super) fn may_prune(&self, now: Timestamp, every: Duration) -> bool {
        let mut inner = self.work.inner();
        let due = inner.pruned_at.is_none_or(|at| now.since(at) >= every);
        if due {
            inner.pruned_at = Some(now);
        }
        due
    }

    /// Notes that a plugin does not go on with the attempt at a step that is under way: what it asked for and was not begun
    /// is of no use to anybody.
    pub(super) fn note_abandoned(&self, run: &RunId, step: &str, why: String) {
        let place = (run.clone(), step.to_owned());
        self.work.inner().abandoned.insert(place, why);
    }

    /// Why a plugin does not go on with the attempt at a step that is under way, if it does not.
    pub(super) fn abandoned(&self, run: &RunId, step: &str) -> Option<String> {
        let place = (run.clone(), step.to_owned());
        self.work.inner().abandoned.get(&place).cloned()
    }

    /// The attempt at a step has ended.
    pub(super) fn note_attempt_ended(&self, run: &RunId, step: &str) {
        let place = (run.clone(), step.to_owned());
        self.work.inner().abandoned.remove(&place);
    }

    /// True once: whether what followed a lost journal is still to be settled.
    pub(super) fn may_settle(&self) -> bool {
        !std::mem::replace(&mut self.work.inner().settled, true)
    }

    /// A flag that a plugin may ask for, and that a cancel sets.
    pub(super) fn cancelled(&self, run: &RunId) -> Arc<AtomicBool> {
        let is_cancelling = self
            .stream
            .book()
            .run(run)
            .is_some_and(|run| run.state == RunState::Cancelling);
        let flag = Arc::clone(self.work.inner().cancelled.entry(run.clone()).or_default());
        flag.fetch_or(is_cancelling, Ordering::Relaxed);
        flag
    }

    /// Where a step's progress goes.
    pub(super) fn progress(&self, run: &RunId, step: &str) -> watch::Sender<Progress> {
        let mut inner = self.work.inner();
        let place = (run.clone(), step.to_owned());
        inner.progress.entry(place).or_default().clone()
    }

    /// What a step's plugin last said of its progress.
    pub(super) fn said_progress(&self, run: &RunId, step: &str) -> Option<Progress> {
        let inner = self.work.inner();
        let sender = inner.progress.get(&(run.clone(), step.to_owned()))?;
        let progress = sender.borrow().clone();
        (!progress.message.is_empty()).then_some(progress)
    }

    /// Forgets what only an open run needs.
    pub(super) fn forget(&self, run: &RunId) {
        let mut inner = self.work.inner();
        inner.replans_asked.remove(run);
        inner.replans_tried.remove(run);
        inner.compared.remove(run);
        inner.cancelled.remove(run);
        inner.progress.retain(|(of, _), _| of != run);
    }
}
