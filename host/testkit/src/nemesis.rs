//! Who makes things go wrong: strikes each planned fault when its time or its event comes, and ends it again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_config::{FaultEvent, FaultKind};
use ringkeeper_seams::{Clock, Timestamp};
use ringkeeper_sim::{Happening, LifecycleChange, SimCluster, SimNode};
use tokio::sync::watch;

use crate::atlas::Atlas;
use crate::log::{Entry, Log};
use crate::places::Places;
use crate::planned::{PlannedFault, Strikes};
use crate::strike;

/// A fault that nobody could survive now is tried again so much later.
const AGAIN: Duration = Duration::from_secs(600);

/// A handle. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Nemesis {
    state: Arc<Mutex<State>>,
    /// Counts changes of what is to become of the host.
    host_changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    clock: Arc<dyn Clock>,
    begin: Timestamp,
    cluster: SimCluster,
    places: Places,
    log: Log,
    atlas: Atlas,
    unfair: bool,
    /// Faults with the time they strike, that of the plan or a later one where they were put off.
    timed: Vec<(Timestamp, PlannedFault)>,
    on_events: Vec<PlannedFault>,
    seen: BTreeMap<FaultEvent, u32>,
    active: Vec<Active>,
    /// The number of the newest fault that was not planned, or of the last one that was.
    unplanned: u32,
    dead_until: Option<Timestamp>,
    /// What was last said of that.
    told: Option<Timestamp>,
    without: BTreeSet<(String, String)>,
    /// Whether another host is there.
    doubled: bool,
}

#[derive(Clone, Debug)]
struct Active {
    fault: PlannedFault,
    ends: Timestamp,
}

/// What the host is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostWish {
    /// Dead until this moment.
    pub(crate) dead_until: Option<Timestamp>,
    /// Without these grants of plugins.
    pub(crate) without: BTreeSet<(String, String)>,
    /// With another one beside it, that was there before.
    pub(crate) doubled: bool,
}

impl Nemesis {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        cluster: SimCluster,
        places: Places,
        atlas: Atlas,
        log: Log,
        faults: &[PlannedFault],
        unfair: bool,
    ) -> Self {
        let begin = clock.now();
        let mut timed = Vec::new();
        let mut on_events = Vec::new();
        for fault in faults {
            match fault.strikes {
                Strikes::At { ms } => timed.push((begin.after(Duration::from_millis(ms)), fault.clone())),
                Strikes::On { .. } => on_events.push(fault.clone()),
            }
        }
        let state = State {
            clock,
            begin,
            cluster,
            places,
            log,
            atlas,
            unfair,
            timed,
            on_events,
            seen: BTreeMap::new(),
            active: Vec::new(),
            unplanned: faults.iter().map(|fault| fault.number).max().unwrap_or(0),
            dead_until: None,
            told: None,
            without: BTreeSet::new(),
            doubled: false,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            host_changed: watch::Sender::new(0),
        }
    }

    /// When something strikes or ends next by itself.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        let state = self.lock();
        let strikes = state.timed.iter().map(|(at, _)| *at);
        let ends = state.active.iter().map(|active| active.ends);
        strikes.chain(ends).min()
    }

    /// Lets strike and end what is due.
    pub(crate) fn pass(&self) {
        let mut state = self.lock();
        let now = state.clock.now();
        state.end_where(|active| active.ends <= now);
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut state.timed)
            .into_iter()
            .partition(|(at, _)| *at <= now);
        state.timed = later;
        for (_, fault) in due {
            state.strike(fault);
        }
        self.tell_host(&mut state);
    }

    /// Lets a fault that nobody planned strike now, or says why it does not.
    pub(crate) fn strike_now(&self, mut fault: PlannedFault) -> Result<(), &'static str> {
        let mut state = self.lock();
        state.may_strike(&fault, state.places.node(&fault.node))?;
        state.unplanned += 1;
        fault.number = state.unplanned;
        state.strike(fault);
        self.tell_host(&mut state);
        Ok(())
    }

    /// Faults that have struck and are not over.
    pub(crate) fn active(&self) -> Vec<PlannedFault> {
        let state = self.lock();
        state.active.iter().map(|active| active.fault.clone()).collect()
    }

    /// Counts an event, and lets strike what waits for it. Answers whether the host is dead now: who asked for it must
    /// never go on.
    pub(crate) fn seen(&self, event: FaultEvent) -> bool {
        let mut state = self.lock();
        let count = state.seen.entry(event).or_default();
        *count += 1;
        let count = *count;
        let fits = |fault: &PlannedFault| fault.strikes == Strikes::On { event, nth: count };
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut state.on_events).into_iter().partition(fits);
        state.on_events = later;
        for fault in due {
            state.strike(fault);
        }
        self.tell_host(&mut state);
        state.dead_until.is_some()
    }

    /// Takes what came about in the cluster into the log, and lets strike what waits for it.
    pub(crate) fn take(&self) {
        let (log, cluster) = {
            let state = self.lock();
            (state.log.clone(), state.cluster.clone())
        };
        loop {
            let new = log.take(&cluster);
            if new.is_empty() {
                return;
            }
            for event in new.iter().filter_map(event_of) {
                self.seen(event);
            }
        }
    }

    /// Ends everything; nothing strikes any more.
    pub(crate) fn heal(&self) {
        let mut state = self.lock();
        state.timed.clear();
        state.on_events.clear();
        state.end_where(|_| true);
        // Nodes that nobody started again: as an operator would.
        for node in state.cluster.nodes() {
            state.cluster.start_by_itself(node);
        }
        let now = state.clock.now();
        state.log.push(now, Entry::Healing);
        self.tell_host(&mut state);
    }

    /// The host was started: it is not dead any more.
    pub(crate) fn host_lives(&self) {
        let mut state = self.lock();
        state.dead_until = None;
        state.told = None;
    }

    pub(crate) fn host_wish(&self) -> HostWish {
        let state = self.lock();
        HostWish {
            dead_until: state.dead_until,
            without: state.without.clone(),
            doubled: state.doubled,
        }
    }

    pub(crate) fn watch_host(&self) -> watch::Receiver<u64> {
        self.host_changed.subscribe()
    }

    fn tell_host(&self, state: &mut State) {
        if state.dead_until != state.told {
            state.told = state.dead_until;
            self.host_changed.send_modify(|count| *count += 1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn strike(&mut self, fault: PlannedFault) {
        let now = self.clock.now();
        let node = self.places.node(&fault.node);
        if let Err(why) = self.may_strike(&fault, node) {
            let planned = match fault.strikes {
                Strikes::At { ms } => self.begin.after(Duration::from_millis(ms)),
                Strikes::On { .. } => now,
            };
            let is_past = now.after(AGAIN) > planned.after(fault.lasts());
            if is_past {
                self.log.push(now, Entry::Spared(fault, why));
            } else {
                self.timed.push((now.after(AGAIN), fault));
            }
            return;
        }
        self.log.push(now, Entry::Strikes(fault.clone()));
        if let Some(node) = node
            && let Some(place) = strike::begin(&self.cluster, &fault, node)
        {
            self.log.push(now, Entry::Foreign(place));
        }
        let ends = now.after(fault.lasts());
        match fault.kind {
            FaultKind::HostKill => self.dead_until = self.dead_until.max(Some(ends)),
            FaultKind::SecondHost => self.doubled = true,
            FaultKind::GrantRevoked => {
                self.without.extend(fault.plugin.clone().zip(fault.grant.clone()));
                self.dead_until = self.dead_until.max(Some(now));
            }
            _ => {}
        }
        self.active.push(Active { fault, ends });
    }

    /// Whether a fault may strike now; else why not.
    fn may_strike(&self, fault: &PlannedFault, node: Option<NodeId>) -> Result<(), &'static str> {
        let group = strike::group(fault.kind);
        let is_double = self
            .active
            .iter()
            .any(|active| active.fault.node == fault.node && strike::group(active.fault.kind) == group);
        if is_double {
            return Err("a fault of its kind is there already");
        }
        let Some(node) = node else { return Ok(()) };
        if !strike::takes_away(fault.kind) {
            return Ok(());
        }
        if !self.cluster.node(node).is_some_and(|node| node.serves()) {
            return Err("the node does not serve anyway");
        }
        let mut away = self.away();
        away.insert(node);
        if !self.unfair && self.atlas.below(&self.places, node, &away).is_some() {
            return Err("nobody could survive it now");
        }
        Ok(())
    }

    /// Nodes that do not serve now.
    fn away(&self) -> BTreeSet<NodeId> {
        let serves = |node: NodeId| self.cluster.node(node).as_ref().is_some_and(SimNode::serves);
        let cut = self
            .active
            .iter()
            .filter(|active| strike::group(active.fault.kind) == strike::Group::Line)
            .filter_map(|active| self.places.node(&active.fault.node));
        let silent = self.places.nodes().filter(|node| !serves(*node));
        silent.chain(cut).collect()
    }

    fn end_where(&mut self, is_over: impl Fn(&Active) -> bool) {
        let (over, still): (Vec<_>, Vec<_>) = std::mem::take(&mut self.active)
            .into_iter()
            .partition(|active| is_over(active));
        self.active = still;
        let now = self.clock.now();
        for Active { fault, .. } in over {
            if let Some(node) = self.places.node(&fault.node) {
                strike::end(&self.cluster, &fault, node);
            }
            if fault.kind == FaultKind::SecondHost {
                self.doubled = false;
            }
            if fault.kind == FaultKind::GrantRevoked {
                if let Some(pair) = fault.plugin.clone().zip(fault.grant.clone()) {
                    self.without.remove(&pair);
                }
                self.dead_until = self.dead_until.max(Some(now));
            }
            self.log.push(now, Entry::Over(fault));
        }
    }
}

/// The event for faults that a happening is.
fn event_of(what: &Happening) -> Option<FaultEvent> {
    match what {
        Happening::RepairBegan(_) => Some(FaultEvent::RepairBegan),
        Happening::Process(event) => match event.what {
            LifecycleChange::Drained => Some(FaultEvent::NodeDrained),
            LifecycleChange::Stopped => Some(FaultEvent::NodeStopped),
            LifecycleChange::Started => Some(FaultEvent::NodeStarted),
            LifecycleChange::Joined | LifecycleChange::Died => None,
        },
        _ => None,
    }
}
