//! Nothing begins in a freeze or outside of its windows.

use ringkeeper_cluster::NodeId;
use ringkeeper_seams::Timestamp;
use ringkeeper_sim::Happening;

use super::{Checker, Scene};
use crate::log::{Entry, Line};

pub(super) const NAME: &str = "frozen";

#[derive(Debug)]
pub(super) struct Frozen;

impl Checker for Frozen {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        match &line.entry {
            Entry::Cluster(Happening::Down(node)) if scene.taken.ours.contains_key(node) => {
                held_up(scene, *node, "disrupt", line.at)
            }
            Entry::Cluster(Happening::RepairBegan(place)) if !scene.taken.foreign.contains(place) => {
                let repair = scene.cluster.repair_at(*place)?;
                held_up(scene, repair.coordinator, "change", repair.started_at)
            }
            _ => None,
        }
    }
}

/// A call may take so long from the guard's word to its effect.
const ON_ITS_WAY: std::time::Duration = std::time::Duration::from_secs(15);

fn held_up(scene: &Scene<'_>, node: NodeId, impact: &str, at: Timestamp) -> Option<String> {
    let place = scene.places.place(node)?;
    let asked_at = at.before(ON_ITS_WAY);
    let freeze = scene.scenario.freezes.iter().find(|freeze| {
        let span = &freeze.span;
        span.freeze().concerns(&place.data_centre, impact) && span.holds_at(asked_at) && span.holds_at(at)
    });
    if let Some(freeze) = freeze {
        let name = &freeze.span.freeze().name;
        return Some(format!(
            "work on {} in the freeze {name}",
            scene.places.name(node)
        ));
    }
    let mut concerned = scene
        .scenario
        .windows
        .iter()
        .filter(|window| window.hours.window().concerns(&place.data_centre, impact))
        .peekable();
    concerned.peek()?;
    let is_open = |window: &ringkeeper_config::WindowConfig| {
        window.hours.open_until(at).is_some() || window.hours.open_until(asked_at).is_some()
    };
    (!concerned.any(is_open)).then(|| format!("work on {} while no window is open", scene.places.name(node)))
}
