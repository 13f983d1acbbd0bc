//! Who is away now, since when, and by whom: what several checkers share.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{Call, EffectId, EffectResult, Event, Intent, Part, RunEvent, RunId};
use ringkeeper_plan::Step;
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::{Happening, SimCluster};

use crate::log::{Entry, Line};
use crate::places::Places;
use crate::planned::PlannedFault;
use crate::strike;

/// Nodes that are away.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Nodes that gossip reaches nobody from, since when.
    pub(crate) down: BTreeMap<NodeId, Timestamp>,
    /// Nodes cut off by a fault, since when.
    pub(crate) cut: BTreeMap<NodeId, Timestamp>,
    /// Nodes that the host takes or took away, by which run, until they serve again.
    pub(crate) ours: BTreeMap<NodeId, RunId>,
    /// Calls that were written down, by effect.
    pub(crate) intents: BTreeMap<EffectId, (RunId, Intent)>,
    /// Every step of every run.
    pub(crate) steps: BTreeMap<(RunId, String), Step>,
    /// Every run's plugin.
    pub(crate) plugins: BTreeMap<RunId, String>,
    /// Places of repairs that other tools began.
    pub(crate) foreign: BTreeSet<usize>,
}

impl Taken {
    /// A node that this step took away and that is still away, unless somebody was told that it cannot be brought back.
    pub(crate) fn taken_by(&self, run: &RunId, step: &str, told: &BTreeSet<EffectId>) -> Option<NodeId> {
        let by_step = |node: &NodeId| {
            self.intents.iter().any(|(effect, (of, intent))| {
                of == run
                    && intent.step == step
                    && intent.node == *node
                    && matches!(intent.call, Call::Drain | Call::Stop)
                    && !told.contains(effect)
            })
        };
        let mut nodes = self
            .ours
            .iter()
            .filter(|(_, by)| *by == run)
            .map(|(node, _)| *node);
        nodes.find(by_step)
    }

    pub(crate) fn see(&mut self, line: &Line, places: &Places, cluster: &SimCluster) {
        match &line.entry {
            Entry::Cluster(Happening::Down(node)) => {
                self.down.entry(*node).or_insert(line.at);
            }
            Entry::Cluster(Happening::Up(node)) => {
                self.down.remove(node);
                self.ours.remove(node);
            }
            Entry::Foreign(place) => drop(self.foreign.insert(*place)),
            Entry::Strikes(fault) => self.note_cut(fault, places, Some(line.at)),
            Entry::Over(fault) => self.note_cut(fault, places, None),
            Entry::Journal(_, recorded) => {
                if let Event::Run { run, what } = &recorded.event {
                    self.note_run(run, what, cluster);
                }
            }
            _ => {}
        }
    }

    fn note_run(&mut self, run: &RunId, what: &RunEvent, cluster: &SimCluster) {
        match what {
            RunEvent::Opened(opened) => {
                self.plugins.insert(run.clone(), opened.plugin.clone());
                self.learn(run, &opened.plan.steps);
            }
            RunEvent::Replanned { plan, .. } => self.learn(run, &plan.steps),
            RunEvent::Extended { steps } => self.learn(run, steps),
            RunEvent::Intended(intent) => {
                self.intents
                    .insert(intent.effect.clone(), (run.clone(), (**intent).clone()));
            }
            RunEvent::Calling {
                effect,
                part: Part::Drain | Part::Stop,
            } => {
                if let Some((run, intent)) = self.intents.get(effect) {
                    self.ours.entry(intent.node).or_insert_with(|| run.clone());
                }
            }
            // Written before it is made, and given up before it was: that took nothing away.
            RunEvent::Ended {
                effect,
                result: EffectResult::NotStarted { .. },
            } => {
                let node = self.intents.get(effect).map(|(_, intent)| intent.node);
                let here = node.filter(|node| cluster.node(*node).is_some_and(|node| node.is_in_its_ring()));
                if let Some(node) = here.filter(|node| self.ours.get(node) == Some(run)) {
                    self.ours.remove(&node);
                }
            }
            _ => {}
        }
    }

    fn learn(&mut self, run: &RunId, steps: &[Step]) {
        for step in steps {
            self.steps.insert((run.clone(), step.id.clone()), step.clone());
        }
    }

    fn note_cut(&mut self, fault: &PlannedFault, places: &Places, since: Option<Timestamp>) {
        if strike::group(fault.kind) != strike::Group::Line {
            return;
        }
        let Some(node) = places.node(&fault.node) else {
            return;
        };
        match since {
            Some(since) => self.cut.insert(node, since),
            None => self.cut.remove(&node),
        };
    }

    /// Nodes that do not serve and of which that could be known: since `grace` before `now`, or by our own doing.
    pub(crate) fn away(&self, now: Timestamp, grace: std::time::Duration) -> BTreeSet<NodeId> {
        let known = self
            .down
            .iter()
            .chain(&self.cut)
            .filter(|(_, since)| since.after(grace) <= now)
            .map(|(node, _)| *node);
        known.chain(self.ours.keys().copied()).collect()
    }

    /// The call of ours that a repair belongs to.
    pub(crate) fn repair_of<'a>(&'a self, repair: &ringkeeper_sim::SimRepair) -> Option<&'a (RunId, Intent)> {
        self.intents.values().find(|(_, intent)| {
            intent.node == repair.coordinator
                && matches!(&intent.call, Call::Repair { order } if *order == repair.order)
        })
    }
}
