//! Nodes that are drained, stopped and started: what is under way, what goes wrong with it, and what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{NodeId, ProcessIdentity};
use ringkeeper_seams::{Clock, Timestamp};

use crate::state::State;
use crate::{Happening, SimNode};

/// What goes wrong when a node is drained, stopped or started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LifecycleFault {
    /// The drain never ends: the node stays `DRAINING`, and the call times out.
    DrainHangs,
    /// The node is drained; the call times out.
    DrainAnswerLost,
    /// The node refuses to drain.
    DrainFails,
    /// The driver says that it could not stop the process, which goes on.
    StopFails,
    /// The process goes on, and the call times out.
    StopHangs,
    /// The process is stopped; the call times out.
    StopAnswerLost,
    /// The driver says that it could not start the process.
    StartFails,
    /// No process comes, and the call times out.
    StartHangs,
    /// The process is started; the call times out.
    StartAnswerLost,
    /// The process is started and never gets beyond `STARTING`.
    StaysStarting,
    /// The process is started and dies instead of joining its ring.
    DiesStarting,
    /// The node comes back with another host id.
    ReturnsAs(NodeId),
    /// The node comes back in another rack.
    ReturnsInRack(String),
    /// The node comes back with another version of Cassandra.
    ReturnsWithVersion(String),
}

/// A call that a node's lifecycle knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifecycleCall {
    /// It serves nobody any more.
    Drain,
    /// Its process ends.
    Stop,
    /// It gets a process.
    Start,
}

/// Something that became of a node's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleEvent {
    /// When, by the cluster's clock.
    pub at: Timestamp,
    /// Which node.
    pub node: NodeId,
    /// What.
    pub what: LifecycleChange,
}

/// What may become of a node's process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LifecycleChange {
    /// It is drained.
    Drained,
    /// It was stopped.
    Stopped,
    /// A new one was started, which has yet to join its ring.
    Started,
    /// It is in its ring again.
    Joined,
    /// It died by itself.
    Died,
}

/// Everything about the processes of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Lifecycle {
    clock: Arc<dyn Clock>,
    pub(crate) drain_takes: Duration,
    pub(crate) stop_takes: Duration,
    pub(crate) start_takes: Duration,
    pub(crate) join_takes: Duration,
    pub(crate) driver_limit: Duration,
    pub(crate) faults: Vec<(NodeId, LifecycleFault)>,
    due: Vec<Due>,
    pub(crate) events: Vec<LifecycleEvent>,
    pub(crate) downs: Vec<BTreeSet<NodeId>>,
    /// How long peers take to be convinced that a node which said nothing of it is down.
    pub(crate) conviction: Duration,
    /// Since when nodes that said nothing of it are silent.
    pub(crate) silent_since: BTreeMap<NodeId, Timestamp>,
    /// Whether each node's process runs, and since when that is so.
    pub(crate) processes: BTreeMap<NodeId, (bool, Timestamp)>,
    /// The answer of the next call that changes something at these nodes is lost.
    pub(crate) lost_answers: BTreeSet<NodeId>,
}

/// A change that comes about whoever still waits for it.
#[derive(Clone, Debug)]
struct Due {
    at: Timestamp,
    node: NodeId,
    /// Whose process it is about; another one by then, and nothing happens.
    process: ProcessIdentity,
    what: LifecycleChange,
    fault: Option<LifecycleFault>,
}

impl Due {
    fn of(node: &SimNode, what: LifecycleChange, at: Timestamp, fault: Option<LifecycleFault>) -> Self {
        Self {
            at,
            node: node.id,
            process: node.process.clone(),
            what,
            fault,
        }
    }
}

impl Lifecycle {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            drain_takes: Duration::from_secs(2),
            stop_takes: Duration::from_secs(1),
            start_takes: Duration::from_secs(1),
            join_takes: Duration::from_secs(20),
            driver_limit: Duration::from_secs(120),
            faults: Vec::new(),
            due: Vec::new(),
            events: Vec::new(),
            downs: Vec::new(),
            conviction: Duration::ZERO,
            silent_since: BTreeMap::new(),
            processes: BTreeMap::new(),
            lost_answers: BTreeSet::new(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The fault of the next such call at this node, which is then over.
    pub(crate) fn next_fault(&mut self, node: NodeId, call: LifecycleCall) -> Option<LifecycleFault> {
        let place = self
            .faults
            .iter()
            .position(|(of, fault)| *of == node && fault.call() == call);
        match place {
            Some(place) => Some(self.faults.remove(place).1),
            None => self
                .lost_answers
                .remove(&node)
                .then(|| LifecycleFault::lost_answer(call)),
        }
    }
}

impl LifecycleFault {
    const fn lost_answer(call: LifecycleCall) -> Self {
        match call {
            LifecycleCall::Drain => Self::DrainAnswerLost,
            LifecycleCall::Stop => Self::StopAnswerLost,
            LifecycleCall::Start => Self::StartAnswerLost,
        }
    }

    /// Which call it strikes.
    pub(crate) const fn call(&self) -> LifecycleCall {
        match self {
            Self::DrainHangs | Self::DrainAnswerLost | Self::DrainFails => LifecycleCall::Drain,
            Self::StopFails | Self::StopHangs | Self::StopAnswerLost => LifecycleCall::Stop,
            Self::StartFails
            | Self::StartHangs
            | Self::StartAnswerLost
            | Self::StaysStarting
            | Self::DiesStarting
            | Self::ReturnsAs(_)
            | Self::ReturnsInRack(_)
            | Self::ReturnsWithVersion(_) => LifecycleCall::Start,
        }
    }
}

impl State {
    /// Has a change come about after `delay`, with what goes wrong then.
    pub(crate) fn schedule(
        &mut self,
        node: &SimNode,
        what: LifecycleChange,
        delay: Duration,
        fault: Option<LifecycleFault>,
    ) {
        let at = self.lifecycle.clock.now().after(delay);
        self.lifecycle.due.push(Due::of(node, what, at, fault));
    }

    /// Lets everything come about whose time has come.
    pub(crate) fn settle(&mut self) {
        while let Some(next) = self.next_due() {
            let at = next.at;
            self.end_repairs(at);
            self.bring_about(next);
            self.note_changes(at);
        }
        let now = self.lifecycle.now();
        self.end_repairs(now);
        self.rows.settle(now);
        self.fill_disks();
    }

    fn next_due(&mut self) -> Option<Due> {
        let now = self.lifecycle.clock.now();
        let due = &mut self.lifecycle.due;
        let (place, _) = due
            .iter()
            .enumerate()
            .filter(|(_, due)| due.at <= now)
            .min_by_key(|(_, due)| due.at)?;
        Some(due.remove(place))
    }

    fn bring_about(&mut self, due: Due) {
        let Some(node) = self.nodes.get_mut(&due.node) else {
            return;
        };
        // A process that is not the one meant any more, or one that is there already.
        if node.process != due.process || node.running == (due.what == LifecycleChange::Started) {
            return;
        }
        match due.what {
            LifecycleChange::Drained => "DRAINED".clone_into(&mut node.mode),
            LifecycleChange::Stopped | LifecycleChange::Died => node.running = false,
            LifecycleChange::Started => node.come_up(due.at, due.fault.as_ref()),
            LifecycleChange::Joined => node.join(),
        }
        let node = node.clone();
        let event = LifecycleEvent {
            at: due.at,
            node: due.node,
            what: due.what,
        };
        self.happened.push(due.at, Happening::Process(event.clone()));
        self.lifecycle.events.push(event);
        match due.what {
            LifecycleChange::Stopped | LifecycleChange::Died => self.repairs.node_died(due.node),
            LifecycleChange::Started => {
                let next = match due.fault {
                    Some(LifecycleFault::StaysStarting) => return,
                    Some(LifecycleFault::DiesStarting) => LifecycleChange::Died,
                    _ if node.disk_full => LifecycleChange::Died,
                    _ => LifecycleChange::Joined,
                };
                let at = due.at.after(self.lifecycle.join_takes);
                self.lifecycle.due.push(Due::of(&node, next, at, None));
            }
            LifecycleChange::Drained | LifecycleChange::Joined => {}
        }
    }

    /// [`State::note_changes`] of this moment.
    pub(crate) fn note_now(&mut self) {
        self.note_changes(self.lifecycle.now());
    }

    /// Notes at `at` who is down and who misses writes now, where that is news.
    pub(crate) fn note_changes(&mut self, at: Timestamp) {
        let silent = self.nodes.values().filter(|node| !node.is_heard());
        let down: BTreeSet<NodeId> = silent.map(|node| node.id).collect();
        let before = self.lifecycle.downs.last();
        if before.map_or(!down.is_empty(), |last| *last != down) {
            let was = before.cloned().unwrap_or_default();
            for (node, is_up) in was
                .difference(&down)
                .map(|node| (*node, true))
                .chain(down.difference(&was).map(|node| (*node, false)))
            {
                self.happened.push(
                    at,
                    if is_up {
                        Happening::Up(node)
                    } else {
                        Happening::Down(node)
                    },
                );
                // A node that was drained, or gossips no more, has told its peers so.
                let says_nothing = self.nodes.get(&node).is_some_and(|node| node.gossip_running);
                match !is_up && says_nothing {
                    true => self.lifecycle.silent_since.insert(node, at),
                    false => self.lifecycle.silent_since.remove(&node),
                };
            }
            self.lifecycle.downs.push(down);
        }
        for node in self.nodes.values() {
            let processes = &mut self.lifecycle.processes;
            if processes.get(&node.id).map(|(runs, _)| *runs) != Some(node.running) {
                processes.insert(node.id, (node.running, at));
            }
            self.rows.note(node, &self.nodes, at);
        }
    }
}

impl SimNode {
    /// A new process, which gossips with nobody yet. Its name is the old one, as in a container.
    fn come_up(&mut self, now: Timestamp, fault: Option<&LifecycleFault>) {
        let earliest = self.process.started_at.after(Duration::from_millis(1));
        self.process.started_at = self.by_its_clock(now).max(earliest);
        self.running = true;
        self.hung = false;
        self.gossip_running = false;
        self.native_transport_running = false;
        "STARTING".clone_into(&mut self.mode);
        match fault {
            Some(LifecycleFault::ReturnsAs(id)) => self.claimed_id = Some(*id),
            Some(LifecycleFault::ReturnsInRack(rack)) => self.rack.clone_from(rack),
            Some(LifecycleFault::ReturnsWithVersion(version)) => self.release_version.clone_from(version),
            _ => {}
        }
    }

    fn join(&mut self) {
        self.gossip_running = true;
        self.native_transport_running = true;
        "NORMAL".clone_into(&mut self.mode);
    }

    /// Stops serving clients and peers, as a drain does at its beginning.
    pub(crate) fn begin_drain(&mut self) {
        self.gossip_running = false;
        self.native_transport_running = false;
        "DRAINING".clone_into(&mut self.mode);
    }
}
