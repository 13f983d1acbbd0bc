//! Plans that are shown and not carried out.

use std::sync::Arc;

use ringkeeper_api::{LogRow, PlanAnswer, PlanRequest};
use ringkeeper_cluster::Snapshot;
use ringkeeper_guard::OutOfScope;
use ringkeeper_journal::{Event, JournalError};
use ringkeeper_plan::{Cause, Plan, Refusal, Request};
use ringkeeper_sandbox::{CallContext, CallError, CallReport, Usage};
use thiserror::Error;

use crate::Conductor;
use crate::conductor::Watched;
use crate::plugin_state::JournalState;
use crate::plugins::Entry;
use crate::runs::{Planned, PlanningWork, freeze, is_within_scope, rows};

/// Plans made for people at once; each may take a plugin's whole memory, and checks need their turn.
pub(crate) const MOST_AT_ONCE: usize = 4;

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum DryRunError {
    /// The cluster is not in the configuration.
    #[error("no cluster is called `{name}`; there are: {known}")]
    NoCluster {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Several clusters, and none was named.
    #[error("there are several clusters ({known}); say which")]
    WhichCluster {
        /// What there is.
        known: String,
    },
    /// No loaded plugin can do it.
    #[error(
        "no loaded plugin can do `{name}`{}; there are: {known}",
        did_you_mean(name, known)
    )]
    NoOperation {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The parameters do not fit the operation's schema.
    #[error("parameters of `{operation}`: {reason}")]
    Parameters {
        /// The operation.
        operation: String,
        /// Where and why.
        reason: String,
    },
    /// Enough others are asking.
    #[error("{MOST_AT_ONCE} plans are being made already")]
    Busy,
    /// The plugin refuses.
    #[error("{plugin} refuses ({}): {}", refusal.kind, refusal.message)]
    Refused {
        /// Which plugin.
        plugin: String,
        /// Its words.
        refusal: Refusal,
    },
    /// The plugin planned what its scope does not reach.
    #[error("{plugin} planned what it may not do: {outside}")]
    OutOfScope {
        /// Which plugin.
        plugin: String,
        /// What, and why not.
        outside: OutOfScope,
    },
    /// The plugin broke.
    #[error("{plugin}: {error}")]
    Broke {
        /// Which plugin.
        plugin: String,
        /// How.
        error: CallError,
    },
}

fn did_you_mean(name: &str, known: &str) -> String {
    ringkeeper_sandbox::nearest(name, known.split(", "))
        .map(|near| format!(" (did you mean `{near}`?)"))
        .unwrap_or_default()
}

impl Conductor {
    /// Plans an operation on the newest snapshot. Nothing is left behind but the plan itself, which may be approved.
    ///
    /// # Errors
    /// When the request does not fit, or the plugin refuses or breaks.
    pub async fn dry_run(&self, ask: &PlanRequest) -> Result<PlanAnswer, DryRunError> {
        let cluster = self.cluster_named(ask.cluster.as_deref())?;
        let (entry, plugin) = &self.loaded(&ask.operation)?;
        let parameters = serde_json::Value::Object(ask.parameters.clone());
        plugin
            .validate_parameters(&ask.operation, &parameters)
            .map_err(|invalid| DryRunError::Parameters {
                operation: ask.operation.clone(),
                reason: invalid.to_string(),
            })?;
        let _turn = self.turns().try_acquire().map_err(|_| DryRunError::Busy)?;
        let request = Request {
            operation: ask.operation.clone(),
            parameters,
            settings: entry.settings.clone(),
            cause: Cause::Person,
            already_done: Vec::new(),
        };
        let snapshot = cluster.snapshot();
        let run_id = format!("plan/{}/{}", ask.operation, self.seams().clock.now());
        let report = self
            .call_plan(entry, plugin, cluster, run_id, snapshot.clone(), &request)
            .await;
        let title = entry.title();
        let plan = match report.result {
            Ok(Ok(plan)) => plan,
            Ok(Err(refusal)) => {
                return Err(DryRunError::Refused {
                    plugin: title,
                    refusal,
                });
            }
            Err(error) => return Err(DryRunError::Broke { plugin: title, error }),
        };
        let (mut hash, mut valid_until) = (String::new(), None);
        if let Some(world) = &snapshot {
            is_within_scope(entry, &plan, world)?;
            let planned = freeze(plan.clone(), world, entry, plugin, request);
            if self.keep(cluster, &planned).await {
                hash.clone_from(&planned.frozen.hash);
                let book = cluster.stream.book();
                valid_until = book.plans.get(&hash).map(|kept| kept.plan.until);
            }
        }
        let (consent, consent_reason) = Self::consent(cluster, &ask.operation, &plan.steps);
        Ok(PlanAnswer {
            cluster: cluster.name.clone(),
            plugin: title,
            operation: ask.operation.clone(),
            run: None,
            hash,
            blocked: self.blocked_steps(cluster, &ask.operation, &plan.steps).await,
            consent: consent.name().to_owned(),
            consent_reason,
            valid_until,
            stakes: rows::stakes(plan.steps.iter()),
            exposed: snapshot
                .map(|snapshot| rows::exposed(&plan.steps, &snapshot))
                .unwrap_or_default(),
            plan,
            limits: entry.limit_uses(&report.usage),
            log: report
                .log
                .into_iter()
                .map(|line| LogRow {
                    level: line.level.to_string(),
                    message: line.message,
                })
                .collect(),
        })
    }

    /// Keeps a plan that is shown, so that it can be approved later, also after the host was started again. Answers false
    /// where that is not possible now.
    async fn keep(&self, cluster: &Watched, planned: &Planned) -> bool {
        if planned.frozen.steps.is_empty() {
            return true;
        }
        let now = self.seams().clock.now();
        let valid_for = cluster.policy.approval.valid_for;
        let decide = |_, book: &crate::runs::Book| {
            let known = book.plans.get(&planned.frozen.hash);
            // Whoever asks every few minutes does not fill the journal.
            let is_fresh = known.is_some_and(|known| {
                known.used.is_none() && now.since(known.made_at) < valid_for / 2 && now < known.plan.until
            });
            let plan = Box::new(planned.to_keep(now.after(valid_for)));
            let event = (!is_fresh).then_some(Event::PlanKept { plan });
            Ok::<_, JournalError>(event.into_iter().collect())
        };
        let kept = cluster
            .stream
            .commit(&cluster.name, self.journal(), now, decide)
            .await;
        if let Err(error) = &kept {
            tracing::error!(cluster = cluster.name, %error, "a plan that was shown cannot be kept");
        }
        kept.is_ok()
    }

    /// One call of a plugin's `plan`, its use remembered.
    pub(crate) async fn call_plan(
        &self,
        entry: &Entry,
        plugin: &ringkeeper_sandbox::Plugin,
        cluster: &Arc<Watched>,
        run_id: String,
        snapshot: Option<Arc<Snapshot>>,
        request: &Request,
    ) -> CallReport<Result<Plan, Refusal>> {
        let now = self.seams().clock.now();
        let work = format!("plan {}", request.operation);
        if let Some(reason) = entry.waits(&work, now) {
            return CallReport {
                result: Err(CallError::Held(reason)),
                usage: Usage::default(),
                log: Vec::new(),
            };
        }
        let state = JournalState::new(self.journal(), &entry.name, &cluster.name);
        let mut context = CallContext::new(run_id, snapshot, Arc::new(state));
        context.work = Arc::new(PlanningWork {
            cluster: Arc::clone(cluster),
            clock: Arc::clone(&self.seams().clock),
        });
        context.telemetry = Arc::clone(&entry.telemetry);
        let report = plugin.plan(context, request).await;
        entry.note_usage(report.usage);
        self.note_call(entry, &work, report.result.as_ref().err()).await;
        report
    }
}
