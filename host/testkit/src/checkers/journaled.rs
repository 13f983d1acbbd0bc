//! Nothing is called that was not written down before.

use std::collections::BTreeSet;

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{Event, Part, RunEvent};
use ringkeeper_sim::{Happening, LifecycleChange};

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "journaled";

#[derive(Debug, Default)]
pub(super) struct Journaled {
    /// Nodes that a drain or stop was written down for, until they serve again.
    allowed: BTreeSet<NodeId>,
}

impl Checker for Journaled {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        match &line.entry {
            Entry::Journal(_, recorded) => {
                if let Event::Run {
                    what:
                        RunEvent::Calling {
                            effect,
                            part: Part::Drain | Part::Stop,
                        },
                    ..
                } = &recorded.event
                    && let Some((_, intent)) = scene.taken.intents.get(effect)
                {
                    self.allowed.insert(intent.node);
                }
                None
            }
            Entry::Cluster(Happening::Process(event)) => match event.what {
                LifecycleChange::Drained | LifecycleChange::Stopped => (!self.allowed.contains(&event.node))
                    .then(|| {
                        format!(
                            "{} was {:?} without a word in the journal",
                            scene.places.name(event.node),
                            event.what
                        )
                    }),
                LifecycleChange::Joined => {
                    self.allowed.remove(&event.node);
                    None
                }
                LifecycleChange::Started | LifecycleChange::Died => None,
            },
            Entry::Cluster(Happening::RepairBegan(place)) if !scene.taken.foreign.contains(place) => {
                let repair = scene.cluster.repair_at(*place)?;
                scene.taken.repair_of(&repair).is_none().then(|| {
                    format!(
                        "{} repairs {} without a word in the journal",
                        scene.places.name(repair.coordinator),
                        repair.order.keyspace
                    )
                })
            }
            _ => None,
        }
    }
}
