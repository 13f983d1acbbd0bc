//! No ended run or step leaves a node down, no node is stopped twice at once, and none is drained by a call that was given up.

use std::collections::BTreeSet;

use ringkeeper_journal::{EffectId, Part, RunEvent, RunId};
use ringkeeper_sim::{Happening, LifecycleChange, LifecycleEvent};

use super::{Checker, Scene};
use crate::log::{Entry, Line};

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
        if let Entry::Cluster(Happening::Process(change)) = &line.entry {
            return behind_the_back(change, scene);
        }
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

/// Nobody but the host drains a node.
fn behind_the_back(change: &LifecycleEvent, scene: &Scene<'_>) -> Option<String> {
    let is_given_up = change.what == LifecycleChange::Drained && !scene.taken.ours.contains_key(&change.node);
    is_given_up.then(|| {
        format!(
            "{} is drained by a call that was given up",
            scene.places.name(change.node)
        )
    })
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
