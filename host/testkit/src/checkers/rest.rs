//! No ended run or step leaves a node down, and no node is stopped twice at once.

use std::collections::BTreeSet;

use ringkeeper_journal::{EffectId, Part, RunEvent, RunId};

use super::{Checker, Scene};
use crate::log::Line;

pub(super) const NAME: &str = "rest";

#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Undos that fail, and were told so.
    told: BTreeSet<EffectId>,
}

impl Checker for Rest {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        let (run, what) = line.of_run()?;
        match what {
            RunEvent::UndoFails { effect, .. } => {
                self.told.insert(effect.clone());
                None
            }
            RunEvent::Calling {
                effect,
                part: Part::Drain | Part::Stop,
            } => twice(run, effect, scene),
            RunEvent::StepEnded { step, .. } => {
                let left = scene.taken.taken_by(run, step, &self.told)?;
                Some(format!(
                    "step {step} of run {run} ended and left {} down",
                    scene.places.name(left)
                ))
            }
            RunEvent::Closed { .. } => {
                let (node, _) = scene.taken.ours.iter().find(|(_, by)| *by == run)?;
                Some(format!(
                    "run {run} ended and left {} down",
                    scene.places.name(*node)
                ))
            }
            _ => None,
        }
    }
}

fn twice(run: &RunId, effect: &EffectId, scene: &Scene<'_>) -> Option<String> {
    let (_, intent) = scene.taken.intents.get(effect)?;
    let by = scene.taken.ours.get(&intent.node)?;
    (by != run).then(|| {
        format!(
            "run {run} takes {} away, which run {by} has taken already",
            scene.places.name(intent.node)
        )
    })
}
