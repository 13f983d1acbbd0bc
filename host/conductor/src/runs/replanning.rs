//! Plans a run anew where the world is not what its plan was made for.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_journal::{RunEvent, RunId, RunState, StepEnd};
use ringkeeper_plan::Request;

use super::approving::outdated;
use super::basis::{basis, changed};
use super::run::{Run, StepState};
use super::starting::{is_about_to_begin, is_underway};
use crate::Conductor;
use crate::conductor::Watched;

/// A run that the world outruns so often has failed.
const MOST_REPLANS: u32 = 20;
/// Between tries to plan anew where the plugin refuses or breaks.
const RETRY: Duration = Duration::from_secs(60);

impl Conductor {
    /// Plans every running run anew whose basis has changed, or whose plugin asked for it. Steps under way are left to end
    /// first, and no other is begun meanwhile.
    pub(super) async fn replan_what_changed(&self, cluster: &Arc<Watched>) {
        let Some(snapshot) = cluster.snapshot() else {
            return;
        };
        if snapshot.schema_observed_at.is_none() {
            return;
        }
        let world = cluster.world(&snapshot);
        let mut wanted: Vec<(RunId, String)> = Vec::new();
        {
            let book = cluster.stream.book();
            for run in book.open_runs().filter(|run| is_underway(run.state)) {
                let id = &run.opened.run;
                // What a person judges, or has judged and has not seen begin, is of exactly this world.
                let is_judged = run.state == RunState::AwaitingApproval || is_about_to_begin(run);
                if cluster.may_compare(id, world, is_judged) {
                    let why = if is_judged {
                        outdated(run, &snapshot)
                    } else {
                        let now = basis(&snapshot, &run.opened.plan.goals, []);
                        changed(&run.opened.plan.basis, &now)
                    };
                    if let Some(why) = why {
                        cluster.ask_replan(id, why);
                    }
                }
                let busy = run
                    .steps
                    .iter()
                    .any(|record| matches!(record.state, StepState::Started { .. }));
                let asked = cluster.replan_asked(id);
                if let Some(why) = asked.filter(|_| !busy && has_pending(run)) {
                    wanted.push((id.clone(), why));
                }
            }
        }
        let now = self.seams().clock.now();
        for (run, reason) in wanted {
            if cluster.may_replan(&run, now, RETRY) {
                self.replan(cluster, &run, reason).await;
            }
        }
    }

    async fn replan(&self, cluster: &Arc<Watched>, id: &RunId, reason: String) {
        let Some((request, plugin, replans)) = again(cluster, id) else {
            return;
        };
        tracing::info!(cluster = cluster.name, run = %id, reason, "a run is planned anew");
        if replans >= MOST_REPLANS {
            self.refuse_to_go_on(
                cluster,
                id,
                format!("planned anew {MOST_REPLANS} times: {reason}"),
            )
            .await;
            return;
        }
        let plugins = self.plugins();
        let Some(entry) = plugins.named(&plugin) else {
            return;
        };
        let Ok(loaded) = &entry.loaded else { return };
        match self.plan_request(cluster, entry, loaded, request).await {
            Ok(planned) => {
                let (version, signer) = self.plugins().version_and_signer(&plugin, &planned.digest);
                let event = RunEvent::Replanned {
                    reason,
                    digest: planned.digest,
                    version,
                    signer,
                    plan: Box::new(planned.frozen),
                };
                if self.write(cluster, id, event).await.is_ok() {
                    cluster.replanned(id);
                }
            }
            Err(crate::RunError::Plan(crate::DryRunError::Refused { refusal, .. })) => {
                let why = format!(
                    "{reason}, and the plugin refuses to plan anew: {}",
                    refusal.message
                );
                self.refuse_to_go_on(cluster, id, why).await;
            }
            Err(error) => {
                tracing::warn!(cluster = cluster.name, run = %id, %error, "a run could not be planned anew")
            }
        }
    }

    /// What is pending is not done any more: the run will end, and say why.
    async fn refuse_to_go_on(&self, cluster: &Watched, id: &RunId, reason: String) {
        let pending: Vec<String> = {
            let book = cluster.stream.book();
            let steps = book.run(id).map(|run| run.steps.as_slice()).unwrap_or_default();
            steps
                .iter()
                .filter(|record| matches!(record.state, StepState::Pending { .. }))
                .map(|record| record.step.id.clone())
                .collect()
        };
        for step in pending {
            let end = StepEnd::Skipped {
                reason: reason.clone(),
            };
            if let Err(error) = self.write(cluster, id, RunEvent::StepEnded { step, end }).await {
                tracing::error!(cluster = cluster.name, run = %id, %error, "a run could not be ended");
                return;
            }
        }
    }
}

fn has_pending(run: &Run) -> bool {
    run.steps
        .iter()
        .any(|record| matches!(record.state, StepState::Pending { .. }))
}

/// The same request once more, with what is done.
fn again(cluster: &Watched, id: &RunId) -> Option<(Request, String, u32)> {
    let book = cluster.stream.book();
    let run = book.run(id)?;
    let done = run
        .steps
        .iter()
        .filter(|record| matches!(record.state, StepState::Done(_)))
        .map(|record| record.step.id.clone());
    let request = Request {
        operation: run.opened.operation.clone(),
        parameters: run.opened.parameters.clone(),
        settings: run.opened.settings.clone(),
        cause: run.opened.cause,
        already_done: done.collect(),
    };
    Some((request, run.opened.plugin.clone(), run.replans))
}
