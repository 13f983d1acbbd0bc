//! How far the grants of a plugin reach, put before what it plans, calls and adds.

use std::collections::BTreeSet;

use ringkeeper_cluster::{NodeId, Snapshot};
use ringkeeper_guard::{OutOfScope, ScopedCall};
use ringkeeper_plan::{Plan, Step};
use ringkeeper_sandbox::WorkError;
use ringkeeper_seams::Timestamp;

use super::Book;
use super::effects::StepWork;
use super::guarding::held_by_plugin;
use super::run::{Run, is_wide};
use super::touched::Touched;
use crate::DryRunError;
use crate::conductor::Watched;
use crate::plugins::Entry;

/// Refuses a plan of which something could never be done.
pub(crate) fn is_within_scope(entry: &Entry, plan: &Plan, snapshot: &Snapshot) -> Result<(), DryRunError> {
    let scope = &entry.scope;
    let step = |step: &Step| scope.refuses_step(step, held_at_once(step), snapshot);
    let outside = plan.steps.iter().find_map(step);
    match outside.or_else(|| scope.refuses_goals(&plan.goals)) {
        Some(outside) => Err(DryRunError::OutOfScope {
            plugin: entry.title(),
            outside,
        }),
        None => Ok(()),
    }
}

/// What of a step that a plugin adds could never be done; none where all could.
pub(super) fn outside(cluster: &Watched, plugin: &str, step: &Step) -> Option<OutOfScope> {
    let scope = cluster.policy.scopes.get(plugin)?;
    let snapshot = cluster.snapshot()?;
    scope.refuses_step(step, held_at_once(step), &snapshot)
}

/// How many nodes a step holds from its start on.
fn held_at_once(step: &Step) -> usize {
    let nodes: BTreeSet<NodeId> = step.nodes.iter().copied().collect();
    match is_wide(step.nodes.len()) {
        true => 0,
        false => nodes.len(),
    }
}

impl StepWork {
    /// Why the scope of the plugin does not reach a call, in words; none where it does.
    pub(super) fn outside_scope(&self, book: &Book, function: &str, touched: &Touched) -> Option<String> {
        let plugin = &book.run(&self.run)?.opened.plugin;
        let scope = self.cluster.policy.scopes.get(plugin)?;
        let Some(snapshot) = self.cluster.snapshot() else {
            return Some("the host has not looked at the cluster yet".to_owned());
        };
        let call = ScopedCall {
            function,
            impact: touched.impact,
            nodes: &touched.nodes,
            about: touched.about.as_ref(),
        };
        let outside = scope.refuses(&call, &snapshot)?;
        Some(format!("plugin {plugin}: {outside}"))
    }

    /// Whether the plugin may make one more call now, and hold the nodes that it touches besides those that it holds.
    pub(super) fn is_within_bounds(
        &self,
        book: &Book,
        run: &Run,
        touched: &Touched,
        now: Timestamp,
    ) -> Result<(), WorkError> {
        let plugin = &run.opened.plugin;
        let Some(scope) = self.cluster.policy.scopes.get(plugin) else {
            return Ok(());
        };
        if scope.nodes_at_once.is_some() {
            let held = held_by_plugin(book).remove(plugin).unwrap_or_default();
            if let Some(block) = scope.holds_too_many(plugin, &held, touched.nodes.iter().copied()) {
                return Err(WorkError::Unavailable(block.to_string()));
            }
        }
        let Some(most) = scope.calls_per_minute else {
            return Ok(());
        };
        match scope.next_call_at(book.calls.of(plugin), now) {
            Some(at) => Err(WorkError::Unavailable(format!(
                "plugin {plugin}: it has made {most} calls within a minute, as many as its scope has calls_per_minute; \
                 the next may be made at {at}"
            ))),
            None => Ok(()),
        }
    }
}
