//! Plans that were shown to somebody and may be approved, as the stream has them.

use std::collections::BTreeMap;

use ringkeeper_api::RunRequest;
use ringkeeper_journal::{KeptPlan, RunId, RunState};
use ringkeeper_plan::{Cause, Request};
use ringkeeper_seams::Timestamp;

use super::basis::{basis, difference};
use super::opening::{Planned, granted};
use crate::Conductor;
use crate::ask::RunError;
use crate::conductor::Watched;

/// Plans kept of one cluster; the oldest makes room.
const MOST: usize = 20;

/// A plan that was shown, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct StoredPlan {
    pub(crate) plan: KeptPlan,
    pub(crate) made_at: Timestamp,
    /// The run that it was approved for.
    pub(crate) used: Option<RunId>,
}

/// Plans by hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredPlans(BTreeMap<String, StoredPlan>);

impl StoredPlans {
    /// Keeps a plan that was shown. One that was used before may be used again, since it was made anew.
    pub(crate) fn keep(&mut self, plan: KeptPlan, made_at: Timestamp) {
        let hash = plan.plan.hash.clone();
        let stored = StoredPlan {
            plan,
            made_at,
            used: None,
        };
        self.0.insert(hash, stored);
        if self.0.len() > MOST {
            let oldest = self.0.iter().min_by_key(|(_, stored)| stored.made_at);
            let oldest = oldest.map(|(hash, _)| hash.clone());
            oldest.map(|hash| self.0.remove(&hash));
        }
    }

    /// The plan of this hash, however it stands.
    pub(crate) fn get(&self, hash: &str) -> Option<&StoredPlan> {
        self.0.get(hash)
    }

    /// Notes that a plan was approved for a run.
    pub(crate) fn note_used(&mut self, hash: &str, run: &RunId) {
        if let Some(stored) = self.0.get_mut(hash) {
            stored.used.get_or_insert_with(|| run.clone());
        }
    }
}

impl Conductor {
    /// The plan of this hash, if it is still there and the world still is what it was made for.
    pub(super) fn approved(
        &self,
        cluster: &Watched,
        request: &RunRequest,
        hash: &str,
    ) -> Result<Planned, RunError> {
        let no_plan = |reason: String| RunError::NoPlan {
            hash: hash.to_owned(),
            reason,
        };
        let stored = cluster.stream.book().plans.get(hash).cloned();
        let Some(stored) = stored else {
            return Err(self.plan_elsewhere(cluster, hash).unwrap_or_else(|| {
                no_plan("none was made here with that hash, or it is long ago; plan again".to_owned())
            }));
        };
        may_be_used(&stored, hash)?;
        let until = stored.plan.until;
        let planned = Planned::kept(stored.plan);
        let operation = &planned.request.operation;
        if *operation != request.operation {
            return Err(no_plan(format!("it is a plan of {operation}")));
        }
        if until <= self.seams().clock.now() {
            return Err(no_plan(format!("it could be approved until {until}; plan again")));
        }
        let (entry, plugin) = &self.loaded(operation)?;
        if plugin.digest().as_str() != planned.digest {
            return Err(no_plan("the plugin is another one now; plan again".to_owned()));
        }
        if granted(entry, plugin) != planned.grants {
            return Err(no_plan(
                "the plugin's grants are others now; plan again".to_owned(),
            ));
        }
        let snapshot = cluster
            .snapshot()
            .ok_or_else(|| RunError::Unavailable("the host has not looked at the cluster yet".to_owned()))?;
        let frozen = &planned.frozen;
        let now = basis(&snapshot, &frozen.goals, &frozen.steps);
        match difference(&frozen.basis, &now, &snapshot) {
            Some(difference) => Err(no_plan(format!("{difference}; plan again"))),
            None => Ok(planned),
        }
    }

    /// What a hash names that no plan kept of this cluster has; none where nothing is so called.
    fn plan_elsewhere(&self, cluster: &Watched, hash: &str) -> Option<RunError> {
        let of_run = {
            let book = cluster.stream.book();
            let run = book.runs().rfind(|run| run.opened.plan.hash == hash);
            run.map(|run| (run.opened.run.clone(), run.state))
        };
        if let Some((run, state)) = of_run {
            let cure = match state {
                RunState::AwaitingApproval => {
                    format!("approve it with `ringkeeper runs approve {run} {hash}`")
                }
                _ => "plan again, and approve that plan".to_owned(),
            };
            let message = format!("{hash} is the plan of run {run}, which is {state}");
            return Some(RunError::NotApproved { message, cure });
        }
        let other = self
            .watched()
            .find(|other| other.stream.book().plans.get(hash).is_some())?;
        Some(RunError::NotApproved {
            message: format!(
                "{hash} is a plan for cluster {}, not for {}",
                other.name, cluster.name
            ),
            cure: format!("name that cluster with `--cluster {}`", other.name),
        })
    }
}

/// A plan that was kept is approved once.
pub(super) fn may_be_used(stored: &StoredPlan, hash: &str) -> Result<(), RunError> {
    match &stored.used {
        None => Ok(()),
        Some(run) => Err(RunError::NotApproved {
            message: format!("plan {hash} was approved for run {run}, and is used up"),
            cure: "plan again, and approve that plan".to_owned(),
        }),
    }
}

impl Planned {
    /// The plan as it is kept to be approved.
    pub(crate) fn to_keep(&self, until: Timestamp) -> KeptPlan {
        KeptPlan {
            operation: self.request.operation.clone(),
            plugin: self.plugin.clone(),
            digest: self.digest.clone(),
            grants: self.grants.clone(),
            parameters: self.request.parameters.clone(),
            settings: self.request.settings.clone(),
            plan: self.frozen.clone(),
            until,
        }
    }

    fn kept(kept: KeptPlan) -> Self {
        Self {
            deadline: None,
            asked_by: None,
            frozen: kept.plan,
            plugin: kept.plugin,
            digest: kept.digest,
            grants: kept.grants,
            request: Request {
                operation: kept.operation,
                parameters: kept.parameters,
                settings: kept.settings,
                cause: Cause::Person,
                already_done: Vec::new(),
            },
        }
    }
}
