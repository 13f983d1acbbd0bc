//! Nothing begins beside other tools, under pressure, or while the schema is disputed; no repair across release lines.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_config::FaultKind;
use ringkeeper_journal::{Event, RunEvent};
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::{Answers, Happening, SimRepair};

use super::{Checker, Scene};
use crate::log::{Entry, Line};
use crate::planned::PlannedFault;

pub(super) const NAME: &str = "patience";
/// What is read every minute is known by then.
const KNOWN: Duration = Duration::from_secs(180);
/// What is read every sweep is known by then.
const SEEN: Duration = Duration::from_secs(45);

#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Faults that ask for patience, by kind and node, since when.
    trouble: BTreeMap<(FaultKind, String), Timestamp>,
    /// When nodes last could not be asked, by place.
    unheard: BTreeMap<String, Timestamp>,
}

impl Checker for Patience {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        match &line.entry {
            Entry::Strikes(fault) => self.note(fault, line.at, true),
            Entry::Over(fault) => self.note(fault, line.at, false),
            Entry::Cluster(Happening::RepairBegan(place)) if !scene.taken.foreign.contains(place) => {
                return beside_another(*place, scene);
            }
            Entry::Journal(_, recorded) => {
                let Event::Run {
                    run,
                    what: RunEvent::StepStarted { step, nodes, .. },
                } = &recorded.event
                else {
                    return None;
                };
                let step = scene.taken.steps.get(&(run.clone(), step.clone()))?;
                if !step
                    .functions
                    .iter()
                    .any(|function| function.starts_with("repair."))
                {
                    return None;
                }
                let lasts = |kind, node| self.lasts(kind, node, line.at, KNOWN, scene);
                let upgraded = scene
                    .places
                    .nodes()
                    .find(|node| lasts(FaultKind::OtherRelease, *node));
                if let Some(upgraded) = upgraded {
                    let name = scene.places.name(upgraded);
                    return Some(format!(
                        "run {run} begins to repair while {name} runs another release line"
                    ));
                }
                let pressed = nodes.iter().find(|node| lasts(FaultKind::DiskSlow, **node))?;
                return Some(format!(
                    "run {run} begins to repair on {}, whose compactions pile up",
                    scene.places.name(*pressed)
                ));
            }
            Entry::Cluster(Happening::Down(node)) if scene.taken.ours.contains_key(node) => {
                if let Some(evidence) = from_another(*node, line.at, scene) {
                    return Some(evidence);
                }
                let disputed = scene
                    .places
                    .nodes()
                    .find(|other| self.lasts(FaultKind::SchemaDisagreement, *other, line.at, SEEN, scene))?;
                return Some(format!(
                    "{} is taken away while {} has another schema",
                    scene.places.name(*node),
                    scene.places.name(disputed)
                ));
            }
            _ => {}
        }
        None
    }
}

impl Patience {
    fn note(&mut self, fault: &PlannedFault, at: Timestamp, strikes: bool) {
        self.unheard.insert(fault.node.clone(), at);
        let asks = [
            FaultKind::DiskSlow,
            FaultKind::SchemaDisagreement,
            FaultKind::OtherRelease,
        ];
        if !asks.contains(&fault.kind) {
            return;
        }
        let key = (fault.kind, fault.node.clone());
        match strikes {
            true => self.trouble.insert(key, at),
            false => self.trouble.remove(&key),
        };
    }

    /// Whether this trouble of a node that answers has been there for so long.
    fn lasts(&self, kind: FaultKind, node: NodeId, at: Timestamp, long: Duration, scene: &Scene<'_>) -> bool {
        let Some(since) = self.trouble.get(&(kind, scene.places.name(node))) else {
            return false;
        };
        // Whatever else struck the node or ended lately may have kept the host from asking it.
        let lately = self.unheard.get(&scene.places.name(node)).copied();
        let since = lately.map_or(*since, |lately| lately.max(*since));
        answers(node, scene) && !scene.taken.down.contains_key(&node) && since.after(long) <= at
    }
}

/// A node that another tool's repair works on is taken away.
fn from_another(node: NodeId, at: Timestamp, scene: &Scene<'_>) -> Option<String> {
    let theirs = known_foreign(at, scene, |foreign| {
        let leader = scene.cluster.node(foreign.coordinator);
        foreign.participants.contains(&node) && leader.is_some_and(|leader| leader.answers == Answers::Now)
    })?;
    Some(format!(
        "{} is taken away although another tool repairs there since {}",
        scene.places.name(node),
        theirs.started_at
    ))
}

fn beside_another(place: usize, scene: &Scene<'_>) -> Option<String> {
    let ours = scene.cluster.repair_at(place)?;
    let theirs = known_foreign(ours.started_at, scene, |foreign| {
        ours.participants.contains(&foreign.coordinator) && answers(foreign.coordinator, scene)
    })?;
    Some(format!(
        "a repair begins on {} although another tool repairs there since {}",
        scene.places.name(theirs.coordinator),
        theirs.started_at
    ))
}

/// A repair of another tool that is under way at this moment, and began so long ago that the host knows of it.
fn known_foreign(
    at: Timestamp,
    scene: &Scene<'_>,
    is_meant: impl Fn(&SimRepair) -> bool,
) -> Option<SimRepair> {
    let foreign = scene.taken.foreign.iter();
    foreign
        .filter_map(|place| scene.cluster.repair_at(*place))
        .find(|foreign| foreign.started_at.after(SEEN) <= at && at < foreign.ends_at && is_meant(foreign))
}

/// Whether a node serves, and answers the host at once.
fn answers(node: NodeId, scene: &Scene<'_>) -> bool {
    let node = scene.cluster.node(node);
    node.is_some_and(|node| node.serves() && node.answers == Answers::Now)
}
