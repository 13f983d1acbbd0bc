//! Nothing begins beside other tools, under pressure, or while the schema is disputed.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_config::FaultKind;
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::Happening;

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "patience";
/// What is read every minute is known by then.
const KNOWN: Duration = Duration::from_secs(180);
/// What is read every sweep is known by then.
const SEEN: Duration = Duration::from_secs(45);

#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Faults that ask for patience, by kind and node, since when.
    trouble: BTreeMap<(&'static str, String), Timestamp>,
}

impl Checker for Patience {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        match &line.entry {
            Entry::Strikes { text, .. } => self.note(text, Some(line.at)),
            Entry::Over { text, .. } => self.note(text, None),
            Entry::Cluster(Happening::RepairBegan(place)) if !scene.taken.foreign.contains(place) => {
                let repair = scene.cluster.repair_at(*place)?;
                let pressed = repair
                    .participants
                    .iter()
                    .find(|node| self.lasts(FaultKind::DiskSlow, **node, repair.started_at, KNOWN, scene));
                if let Some(node) = pressed {
                    return Some(format!(
                        "a repair begins on {}, whose compactions pile up",
                        scene.places.name(*node)
                    ));
                }
                return beside_another(*place, scene);
            }
            Entry::Cluster(Happening::Down(node)) if scene.taken.ours.contains_key(node) => {
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
    fn note(&mut self, text: &str, since: Option<Timestamp>) {
        let mut words = text.split(' ').skip(1);
        let (Some(kind), Some(node)) = (words.next(), words.next()) else {
            return;
        };
        let asks = [FaultKind::DiskSlow, FaultKind::SchemaDisagreement];
        let Some(kind) = asks.iter().find(|asks| asks.name() == kind) else {
            return;
        };
        let key = (kind.name(), node.to_owned());
        match since {
            Some(since) => self.trouble.insert(key, since),
            None => self.trouble.remove(&key),
        };
    }

    /// Whether this trouble of a node that answers has been there for so long.
    fn lasts(&self, kind: FaultKind, node: NodeId, at: Timestamp, long: Duration, scene: &Scene<'_>) -> bool {
        let since = self.trouble.get(&(kind.name(), scene.places.name(node)));
        let answers = scene
            .cluster
            .node(node)
            .is_some_and(|node| node.serves() && node.answers == ringkeeper_sim::Answers::Now);
        answers && !scene.taken.down.contains_key(&node) && since.is_some_and(|since| since.after(long) <= at)
    }
}

fn beside_another(place: usize, scene: &Scene<'_>) -> Option<String> {
    let ours = scene.cluster.repair_at(place)?;
    let theirs = scene.taken.foreign.iter().find_map(|foreign| {
        let foreign = scene.cluster.repair_at(*foreign)?;
        let is_known = foreign.started_at.after(SEEN) <= ours.started_at && ours.started_at < foreign.ends_at;
        let leads = ours.participants.contains(&foreign.coordinator);
        let answers = scene
            .cluster
            .node(foreign.coordinator)
            .is_some_and(|node| node.serves() && node.answers == ringkeeper_sim::Answers::Now);
        (is_known && leads && answers).then_some(foreign)
    })?;
    Some(format!(
        "a repair begins on {} although another tool repairs there since {}",
        scene.places.name(theirs.coordinator),
        theirs.started_at
    ))
}
