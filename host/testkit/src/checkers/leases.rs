//! No node is held twice by work that does not go together.

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;
use ringkeeper_journal::{RunEvent, RunId};
use ringkeeper_plan::{Impact, Step};

use super::{Checker, Scene};
use crate::log::Line;

pub(super) const NAME: &str = "leases";

#[derive(Debug, Default)]
pub(super) struct Leases {
    held: BTreeMap<NodeId, Vec<(RunId, String)>>,
}

impl Checker for Leases {
    fn name(&self) -> &'static str {
        NAME
    }

    fn see(&mut self, line: &Line, scene: &Scene<'_>) -> Option<String> {
        let (run, what) = line.of_run()?;
        match what {
            RunEvent::StepStarted { step, nodes, .. } | RunEvent::NodesTaken { step, nodes } => {
                return nodes.iter().find_map(|node| self.take(run, step, *node, scene));
            }
            RunEvent::NodesLeft { step, nodes } => {
                for node in nodes {
                    self.leave(run, step, |held| held == node);
                }
            }
            RunEvent::StepEnded { step, .. } => self.leave(run, step, |_| true),
            _ => {}
        }
        None
    }
}

impl Leases {
    fn take(&mut self, run: &RunId, step: &str, node: NodeId, scene: &Scene<'_>) -> Option<String> {
        let wanted = (run.clone(), step.to_owned());
        let held = self.held.entry(node).or_default();
        let clash = held.iter().find(|other| {
            **other != wanted && !go_together(scene.taken.steps.get(*other), scene.taken.steps.get(&wanted))
        });
        let evidence = clash.map(|(other, other_step)| {
            format!(
                "{} is taken by step {step} of {run} while step {other_step} of {other} holds it",
                scene.places.name(node)
            )
        });
        held.push(wanted);
        evidence
    }

    fn leave(&mut self, run: &RunId, step: &str, is_meant: impl Fn(&NodeId) -> bool) {
        for (node, held) in &mut self.held {
            if is_meant(node) {
                held.retain(|(holder, of)| holder != run || of != step);
            }
        }
    }
}

/// Work that takes a node away goes with nothing; two repairs do not go together.
fn go_together(one: Option<&Step>, other: Option<&Step>) -> bool {
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    let disrupts = |step: &Step| step.impact == Impact::Disrupt;
    let repairs = |step: &Step| {
        step.functions
            .iter()
            .any(|function| function.starts_with("repair."))
    };
    !(disrupts(one) || disrupts(other) || repairs(one) && repairs(other))
}
