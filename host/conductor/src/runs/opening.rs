//! Opens runs: plans, freezes what was planned, writes it down.

use std::sync::Arc;

use ringkeeper_api::{RunRequest, RunSummary};
use ringkeeper_cluster::Snapshot;
use ringkeeper_journal::{Event, FrozenPlan, JournalError, OpenedRun, RunEvent, RunId, RunState};
use ringkeeper_plan::{Cause, Deadline, Plan, Request};
use ringkeeper_sandbox::Plugin;

use super::approval::{asked_for, refused};
use super::basis::basis;
use super::book::Due;
use super::rows;
use super::run::Run;
use super::scoping::is_within_scope;
use super::stored::may_be_used;
use crate::ask::RunError;
use crate::canonical::plan_hash;
use crate::conductor::Watched;
use crate::plugins::Entry;
use crate::{Conductor, DryRunError};

/// A plan that was made and not written down yet.
pub(crate) struct Planned {
    /// When it must be done; none where nothing presses.
    pub(crate) deadline: Option<Deadline>,
    /// Who asked for it.
    pub(crate) asked_by: Option<String>,
    pub(crate) frozen: FrozenPlan,
    pub(crate) plugin: String,
    pub(crate) digest: String,
    pub(crate) grants: Vec<String>,
    pub(crate) request: Request,
}

/// Why a run was not opened.
enum NotOpened {
    Refused(RunError),
}

impl From<JournalError> for NotOpened {
    fn from(error: JournalError) -> Self {
        Self::Refused(error.into())
    }
}

impl Conductor {
    /// Plans for a person, or takes the plan that `by` approves with it, and opens a run of it.
    pub(crate) async fn open_for_person(
        &self,
        request: &RunRequest,
        by: &str,
    ) -> Result<RunSummary, RunError> {
        let cluster = Arc::clone(self.cluster_named(request.cluster.as_deref())?);
        let mut planned = match &request.approve {
            Some(hash) => self.approved(&cluster, request, hash)?,
            None => {
                let parameters = serde_json::Value::Object(request.parameters.clone());
                self.plan_for_run(&cluster, &request.operation, parameters, Cause::Person)
                    .await?
            }
        };
        planned.deadline = request.deadline.map(|at| Deadline {
            at,
            is_security: request.security,
        });
        planned.asked_by = Some(by.to_owned());
        let by = request.approve.is_some().then_some(by);
        let run = self.open(&cluster, planned, None, by).await?;
        let book = cluster.stream.book();
        match book.run(&run) {
            Some(run) => Ok(rows::summary(&cluster, run, self.seams().clock.now())),
            None => Err(RunError::NoRun { id: run.0 }),
        }
    }

    /// The plugin that does an operation, in the version in force.
    pub(crate) fn loaded(&self, operation: &str) -> Result<(Arc<Entry>, Plugin), DryRunError> {
        let plugins = self.plugins();
        let found = plugins.operation(operation);
        found
            .map(|(entry, plugin, _)| (Arc::clone(entry), plugin.clone()))
            .ok_or_else(|| DryRunError::NoOperation {
                name: operation.to_owned(),
                known: plugins.operation_names().collect::<Vec<_>>().join(", "),
            })
    }

    /// Has a plugin plan an operation that is to be carried out.
    pub(crate) async fn plan_for_run(
        &self,
        cluster: &Arc<Watched>,
        operation: &str,
        parameters: serde_json::Value,
        cause: Cause,
    ) -> Result<Planned, RunError> {
        let (entry, plugin) = &self.loaded(operation)?;
        plugin
            .validate_parameters(operation, &parameters)
            .map_err(|invalid| DryRunError::Parameters {
                operation: operation.to_owned(),
                reason: invalid.to_string(),
            })?;
        let request = Request {
            operation: operation.to_owned(),
            parameters,
            settings: entry.settings.clone(),
            cause,
            already_done: Vec::new(),
        };
        self.plan_request(cluster, entry, plugin, request).await
    }

    /// Has a plugin answer this request on the newest snapshot.
    pub(super) async fn plan_request(
        &self,
        cluster: &Arc<Watched>,
        entry: &Entry,
        plugin: &Plugin,
        request: Request,
    ) -> Result<Planned, RunError> {
        let snapshot = cluster
            .snapshot()
            .filter(|snapshot| snapshot.schema_observed_at.is_some())
            .ok_or_else(|| {
                RunError::Unavailable("the host has not looked at the cluster's schema yet".to_owned())
            })?;
        let id = format!("plan/{}/{}", request.operation, self.seams().clock.now());
        let report = self
            .call_plan(entry, plugin, cluster, id, Some(Arc::clone(&snapshot)), &request)
            .await;
        let title = entry.title();
        let plan = match report.result {
            Ok(Ok(plan)) => plan,
            Ok(Err(refusal)) => {
                return Err(DryRunError::Refused {
                    plugin: title,
                    refusal,
                }
                .into());
            }
            Err(error) => return Err(DryRunError::Broke { plugin: title, error }.into()),
        };
        is_within_scope(entry, &plan, &snapshot)?;
        Ok(freeze(plan, &snapshot, entry, plugin, request))
    }

    /// Writes a run down. From then on it is carried out, whatever happens to the host.
    ///
    /// `due` is the time of the schedule that it serves: that it was served is written with the run, or neither is. `by` is
    /// who approves the plan with it; where nobody does, it waits for a person's word if the policy asks for one.
    pub(crate) async fn open(
        &self,
        cluster: &Watched,
        planned: Planned,
        due: Option<Due>,
        by: Option<&str>,
    ) -> Result<RunId, RunError> {
        if planned.frozen.steps.is_empty() {
            return Err(RunError::Refused {
                message: format!("there is nothing to do: {}", planned.frozen.title),
                cure: "see `ringkeeper plan` for what was found".to_owned(),
            });
        }
        let (operation, steps) = (&planned.request.operation, &planned.frozen.steps);
        if let Some(reason) = refused(&cluster.policy, operation, steps) {
            return Err(RunError::Refused {
                message: reason,
                cure: "change [policy.approval] in the configuration, if it is to be done".to_owned(),
            });
        }
        let reason = asked_for(&cluster.policy, operation, steps);
        let now = self.seams().clock.now();
        let mut minted = None;
        let decide = |version: ringkeeper_journal::Version, book: &super::Book| {
            let twin = book.open_runs().find(|run| {
                run.opened.operation == planned.request.operation
                    && run.opened.parameters == planned.request.parameters
            });
            if let Some(twin) = twin {
                return Err(NotOpened::Refused(does_the_same(twin)));
            }
            if by.is_some()
                && let Some(stored) = book.plans.get(&planned.frozen.hash)
            {
                may_be_used(stored, &planned.frozen.hash).map_err(NotOpened::Refused)?;
            }
            let run = RunId(format!("{}-{version}", cluster.name));
            minted = Some(run.clone());
            let (version, signer) = self
                .plugins()
                .version_and_signer(&planned.plugin, &planned.digest);
            let opened = OpenedRun {
                run: run.clone(),
                operation: planned.request.operation.clone(),
                plugin: planned.plugin.clone(),
                digest: planned.digest.clone(),
                version,
                signer,
                grants: planned.grants.clone(),
                parameters: planned.request.parameters.clone(),
                settings: planned.request.settings.clone(),
                cause: planned.request.cause,
                by: planned.asked_by.clone(),
                deadline: planned.deadline,
                plan: planned.frozen.clone(),
            };
            let hash = planned.frozen.hash.clone();
            let word = match (by, reason) {
                (Some(by), _) => Some(RunEvent::Approved {
                    hash,
                    by: by.to_owned(),
                }),
                (None, Some(reason)) => Some(RunEvent::ApprovalAsked {
                    hash,
                    reason,
                    until: now.after(cluster.policy.approval.valid_for),
                }),
                (None, None) => None,
            };
            let happens = std::iter::once(RunEvent::Opened(Box::new(opened))).chain(word);
            let happens = happens.map(|what| Event::Run {
                run: run.clone(),
                what,
            });
            let mut events: Vec<Event> = happens.collect();
            events.extend(due.map(|due| Event::ScheduleDue {
                operation: planned.request.operation.clone(),
                due: due.due,
                run: Some(run),
                note: due.note,
            }));
            Ok(events)
        };
        let committed = cluster
            .stream
            .commit(&cluster.name, self.journal(), now, decide)
            .await;
        if let Err(NotOpened::Refused(error)) = committed {
            return Err(error);
        }
        cluster.wake.notify_one();
        let run = minted.ok_or_else(|| RunError::Unavailable("no run was opened".to_owned()))?;
        tracing::info!(cluster = cluster.name, %run, operation = planned.request.operation, "a run was opened");
        Ok(run)
    }
}

fn does_the_same(twin: &Run) -> RunError {
    let run = &twin.opened.run;
    let asked = twin.approvals.last_asked();
    let cure = match asked.filter(|_| twin.state == RunState::AwaitingApproval) {
        Some(asked) => format!("approve it with `ringkeeper runs approve {run} {}`", asked.hash),
        None => format!("follow it with `ringkeeper runs follow {run}`, or cancel it first"),
    };
    RunError::Refused {
        message: format!("run {run} does the same already"),
        cure,
    }
}

/// What a plugin asks for and was granted, and how far that reaches.
pub(super) fn granted(entry: &Entry, plugin: &Plugin) -> Vec<String> {
    let capabilities = plugin.capabilities().iter().map(|name| (*name).to_owned());
    capabilities.chain(entry.scope.lines()).collect()
}

/// Freezes a plan: its hash, and the world it is for.
pub(crate) fn freeze(
    plan: Plan,
    snapshot: &Snapshot,
    entry: &Entry,
    plugin: &Plugin,
    request: Request,
) -> Planned {
    let grants = granted(entry, plugin);
    let digest = plugin.digest().as_str().to_owned();
    let basis = basis(snapshot, &plan.goals, &plan.steps);
    let hash = plan_hash(&request, &digest, &grants, &plan, &basis, &snapshot.cluster);
    Planned {
        deadline: None,
        asked_by: None,
        frozen: FrozenPlan {
            hash,
            title: plan.title,
            basis,
            findings: plan.findings,
            steps: plan.steps,
            goals: plan.goals,
        },
        plugin: entry.name.clone(),
        digest,
        grants,
        request,
    }
}
