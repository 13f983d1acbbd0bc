//! Everything the stream says about work on one cluster: runs, schedules, freezes.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{Event, Recorded, RunEvent, RunId, Version};
use ringkeeper_schedule::Schedule;
use ringkeeper_seams::Timestamp;

use super::recent::RecentCalls;
use super::run::{Effect, Run, StepRecord, StepState};
use super::stored::StoredPlans;

/// The fold of a cluster's stream, as far as it is about work.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// Runs by the version that opened them, so in the order they were opened.
    runs: BTreeMap<u64, Run>,
    by_id: BTreeMap<RunId, u64>,
    /// Since when and why no changing call is made.
    pub(crate) frozen: Option<(Timestamp, String)>,
    /// Schedules set at run time, by operation.
    pub(crate) schedules: BTreeMap<String, (Timestamp, Schedule)>,
    /// The last time each schedule was due.
    pub(crate) due: BTreeMap<String, Due>,
    /// Plans that were shown to somebody and may be approved.
    pub(crate) plans: StoredPlans,
    /// When each plugin made its calls of late.
    pub(super) calls: RecentCalls,
    /// Where the host took over that writes now, and when; none where no host said so.
    pub(crate) host: Option<(Version, Timestamp)>,
}

/// The last time a schedule was due, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) due: Timestamp,
    pub(crate) run: Option<RunId>,
    pub(crate) note: String,
    /// Whether the schedule was changed since: what came of its old times is no news any more.
    pub(crate) is_settled: bool,
}

/// A node that a step holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease<'a> {
    pub(crate) node: NodeId,
    pub(crate) run: &'a Run,
    pub(crate) step: &'a StepRecord,
    /// The version of the stream at which it was taken: a later lease has a greater one.
    pub(crate) fence: u64,
}

impl Book {
    /// Carries it forward over one event.
    pub(crate) fn apply(&mut self, version: Version, recorded: Recorded) {
        let at = recorded.at;
        match recorded.event {
            Event::Run {
                run,
                what: RunEvent::Opened(opened),
            } => {
                self.by_id.insert(run, version.0);
                self.runs.insert(version.0, Run::open(at, *opened));
            }
            Event::Run { run, what } => {
                if let RunEvent::Approved { hash, .. } = &what {
                    self.plans.note_used(hash, &run);
                }
                let place = self.by_id.get(&run);
                if let Some(run) = place.and_then(|place| self.runs.get_mut(place)) {
                    if matches!(what, RunEvent::Intended(_)) {
                        self.calls.note(&run.opened.plugin, at);
                    }
                    run.apply(version, at, what);
                }
            }
            Event::PlanKept { plan } => self.plans.keep(*plan, at),
            Event::ScheduleChanged {
                operation, schedule, ..
            } => {
                if let Some(due) = self.due.get_mut(&operation) {
                    due.is_settled = true;
                }
                match schedule {
                    Some(schedule) => self.schedules.insert(operation, (at, schedule)),
                    None => self.schedules.remove(&operation),
                };
            }
            Event::ScheduleDue {
                operation,
                due,
                run,
                note,
            } => {
                let due = Due {
                    due,
                    run,
                    note,
                    is_settled: false,
                };
                self.due.insert(operation, due);
            }
            Event::Frozen { reason, .. } => self.frozen = Some((at, reason)),
            Event::Unfrozen { .. } => self.frozen = None,
            Event::HostStarted { .. } => self.host = Some((version, at)),
            _ => {}
        }
    }

    /// The run of this id.
    pub(crate) fn run(&self, id: &RunId) -> Option<&Run> {
        self.runs.get(self.by_id.get(id)?)
    }

    /// Runs in the order they were opened.
    pub(crate) fn runs(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.values()
    }

    /// Runs that have not ended, in the order they were opened.
    pub(crate) fn open_runs(&self) -> impl Iterator<Item = &Run> {
        self.runs().filter(|run| !run.state.is_end())
    }

    /// Every node that is held, and for what.
    pub(crate) fn leases(&self) -> impl Iterator<Item = Lease<'_>> {
        self.open_runs().flat_map(|run| {
            run.steps.iter().flat_map(move |step| {
                let (held, fence) = match &step.state {
                    StepState::Started { nodes, fence } => (nodes.as_slice(), *fence),
                    _ => (&[][..], 0),
                };
                held.iter().map(move |node| Lease {
                    node: *node,
                    run,
                    step,
                    fence,
                })
            })
        })
    }

    /// The nodes that are held.
    pub(crate) fn held(&self) -> BTreeSet<NodeId> {
        self.leases().map(|lease| lease.node).collect()
    }

    /// Every effect on record, with the run it belongs to.
    pub(crate) fn effects(&self) -> impl Iterator<Item = (&Run, &Effect)> {
        self.runs()
            .flat_map(|run| run.effects.values().map(move |effect| (run, effect)))
    }

    /// Forgets runs that ended before this moment, as the journal did.
    pub(crate) fn forget_runs_before(&mut self, before: Timestamp) {
        self.runs
            .retain(|_, run| run.ended_at.is_none_or(|at| at >= before));
        let kept = &self.runs;
        self.by_id.retain(|_, version| kept.contains_key(version));
    }
}
