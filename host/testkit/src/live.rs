//! A story that somebody looks at while it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_conductor::Conductor;
use ringkeeper_config::{FaultKind, Scenario};
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::{SimCluster, SimNode, Stale};

use crate::draw::millis;
use crate::log::{Line, Log};
use crate::nemesis::Nemesis;
use crate::places::Places;
use crate::planned::{PlannedFault, Strikes};

/// Looks on while a story is told.
pub trait Onlooker {
    /// Looks at how everything stands: at the beginning, then whenever the time it asked for has passed, and once more at
    /// the end. The time of the story stands still meanwhile, so whoever takes long makes it slow.
    fn look(&mut self, stage: &Stage<'_>) -> Next;
}

/// What an onlooker does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Looks again after so much virtual time.
    After(Duration),
    /// Leaves; nobody listens any more, so the story breaks off.
    Leave,
}

/// A story at one moment.
pub struct Stage<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) cluster: &'a SimCluster,
    pub(crate) places: &'a Places,
    pub(crate) nemesis: &'a Nemesis,
    pub(crate) log: &'a Log,
    pub(crate) wish: Arc<AtomicBool>,
    pub(crate) conductor: Option<&'a Conductor>,
    pub(crate) begin: Timestamp,
    pub(crate) now: Timestamp,
}

/// A node at one moment.
#[derive(Clone, Debug)]
pub struct StageNode {
    /// Its place, as `dc1/r1/2`.
    pub place: String,
    /// How it really is, whatever the host knows.
    pub node: SimNode,
    /// The writes that it lacks although it serves, a row for each table.
    pub lacks: Vec<Stale>,
    /// Whether a repair is under way in which it takes part.
    pub repairing: bool,
}

impl Stage<'_> {
    /// What is told.
    #[must_use]
    pub const fn scenario(&self) -> &Scenario {
        self.scenario
    }

    /// When it began, in virtual time.
    #[must_use]
    pub const fn begin(&self) -> Timestamp {
        self.begin
    }

    /// The virtual time.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The host; none while it is dead.
    #[must_use]
    pub const fn conductor(&self) -> Option<&Conductor> {
        self.conductor
    }

    /// Every node, in the order of the scenario.
    #[must_use]
    pub fn nodes(&self) -> Vec<StageNode> {
        let stale = self.cluster.stale(self.now);
        let repairs = self.cluster.repairs();
        let busy: std::collections::BTreeSet<NodeId> = repairs
            .iter()
            .filter(|repair| repair.is_running(self.now))
            .flat_map(|repair| repair.participants.iter().copied())
            .collect();
        let of = |id: NodeId| {
            Some(StageNode {
                place: self.places.name(id),
                node: self.cluster.node(id)?,
                lacks: stale.iter().filter(|row| row.node == id).cloned().collect(),
                repairing: busy.contains(&id),
            })
        };
        self.places.nodes().filter_map(of).collect()
    }

    /// What happened, after the first `seen` lines.
    #[must_use]
    pub fn lines(&self, seen: usize) -> Vec<Line> {
        self.log.since(seen)
    }

    /// Faults that have struck and are not over.
    #[must_use]
    pub fn faults(&self) -> Vec<PlannedFault> {
        self.nemesis.active()
    }

    /// Approves all that waits for a person's word, as soon as the story goes on.
    pub fn approve(&self) {
        self.wish.store(true, Ordering::Relaxed);
    }

    /// Lets a fault strike now that nobody planned.
    ///
    /// # Errors
    /// Why it does not strike: nobody could survive it, or there is one of its kind already.
    pub fn strike(&self, kind: FaultKind, place: &str, lasts: Duration) -> Result<(), &'static str> {
        self.nemesis.strike_now(PlannedFault {
            number: 0,
            kind,
            node: place.to_owned(),
            strikes: Strikes::At {
                ms: millis(self.now.since(self.begin)),
            },
            lasts_ms: millis(lasts),
            by_ms: None,
            plugin: None,
            grant: None,
        })
    }
}
