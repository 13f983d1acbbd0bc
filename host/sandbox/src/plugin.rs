//! A loaded plugin, ready to be called.

use std::collections::BTreeSet;
use std::sync::Arc;

use ringkeeper_plan::{
    Attempt, Cause, Descriptor, Failure, Impact, Operation, Outcome, Plan, Refusal, Request, Step,
};
use serde_json::Value;

use crate::answer::{self, Expected};
use crate::bindings::EverythingPre;
use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::bindings::ringkeeper::maintenance::types;
use crate::call::{CallContext, CallReport};
use crate::call_error::{CallError, RequestError};
use crate::call_state::CallState;
use crate::descriptor::Described;
use crate::inspection::{Digest, Inspection};
use crate::limits::{Limits, Usage};
use crate::manifest::Manifest;
use crate::runner::{Runner, Terms};

/// A plugin that was checked and compiled. Cheap to clone. Every call has an instance of its own, so calls share
/// nothing and may run side by side.
#[derive(Clone)]
pub struct Plugin(Arc<Loaded>);

/// What loading found out.
pub(crate) struct Loaded {
    pub(crate) origin: String,
    pub(crate) inspection: Inspection,
    pub(crate) described: Described,
    pub(crate) limits: Limits,
    pub(crate) pre: EverythingPre<CallState>,
    pub(crate) runner: Runner,
}

impl Plugin {
    pub(crate) fn new(loaded: Loaded) -> Self {
        Self(Arc::new(loaded))
    }

    /// What it says of itself.
    #[must_use]
    pub fn descriptor(&self) -> &Descriptor {
        &self.0.described.descriptor
    }

    /// Its manifest; none where its toolchain wrote none.
    #[must_use]
    pub fn manifest(&self) -> Option<&Manifest> {
        self.0.inspection.manifest.as_ref()
    }

    /// Digest of its file.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.0.inspection.digest
    }

    /// The capabilities it uses, base ones included.
    #[must_use]
    pub fn capabilities(&self) -> &BTreeSet<&'static str> {
        &self.0.inspection.capabilities
    }

    /// Everything that was found without running it.
    #[must_use]
    pub fn inspection(&self) -> &Inspection {
        &self.0.inspection
    }

    /// What each of its calls may use.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Where it came from, for people.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// The operation of this name.
    ///
    /// # Errors
    /// When it has none of this name; the error lists what it has.
    pub fn operation(&self, name: &str) -> Result<&Operation, RequestError> {
        let descriptor = self.descriptor();
        descriptor
            .operations
            .iter()
            .find(|operation| operation.name == name)
            .ok_or_else(|| RequestError::Operation {
                plugin: descriptor.name.clone(),
                operation: name.to_owned(),
                known: descriptor
                    .operations
                    .iter()
                    .map(|operation| operation.name.clone())
                    .collect(),
            })
    }

    /// Checks parameters against the operation's schema.
    ///
    /// # Errors
    /// When there is no such operation, or where and why they do not fit.
    pub fn validate_parameters(&self, operation: &str, parameters: &Value) -> Result<(), RequestError> {
        let operation = self.operation(operation)?;
        match self.0.described.parameters.get(&operation.name) {
            Some(schema) => schema.check(parameters).map_err(RequestError::Parameters),
            None => Ok(()),
        }
    }

    /// Checks settings against the plugin's schema.
    ///
    /// # Errors
    /// Where and why they do not fit.
    pub fn validate_settings(&self, settings: &Value) -> Result<(), RequestError> {
        self.0
            .described
            .settings
            .check(settings)
            .map_err(RequestError::Settings)
    }

    /// Asks what it sees and what it would do. Nothing is changed. A request that does not fit the descriptor is not
    /// passed on.
    pub async fn plan(&self, call: CallContext, request: &Request) -> CallReport<Result<Plan, Refusal>> {
        let impact = match self.check_request(request) {
            Ok(operation) => operation.impact,
            Err(error) => {
                let result = Err(CallError::Request(error));
                return CallReport {
                    result,
                    usage: Usage::default(),
                    log: Vec::new(),
                };
            }
        };
        let terms = Terms {
            attempt: 0,
            randomness: format!("plugin/{}/{}/plan", self.descriptor().name, call.run_id),
            limits: self.0.limits,
            wall: self.0.limits.plan_wall,
            context: Some(call),
        };
        let question = wit::Request {
            operation: request.operation.clone(),
            parameters: request.parameters.to_string(),
            settings: request.settings.to_string(),
            cause: match request.cause {
                Cause::Schedule => wit::Cause::Schedule,
                Cause::Person => wit::Cause::Person,
                Cause::Event => wit::Cause::Event,
            },
            already_done: request.already_done.clone(),
        };
        let (plugin, already_done) = (self.clone(), request.already_done.clone());
        let check = move |answer| {
            let capabilities = plugin.capabilities();
            answer::planned(
                answer,
                &Expected {
                    impact,
                    capabilities,
                    already_done: &already_done,
                },
            )
        };
        self.0.runner.run(&self.0.pre, terms, question, check).await
    }

    /// Has it carry one step out. Steps it adds may have no more impact than this one.
    pub async fn execute(
        &self,
        call: CallContext,
        step: &Step,
        attempt: Attempt,
    ) -> CallReport<Result<Outcome, Failure>> {
        let terms = Terms {
            attempt: attempt.number,
            // Not the attempt: a repeated attempt must choose what the first one chose.
            randomness: format!(
                "plugin/{}/{}/step/{}",
                self.descriptor().name,
                call.run_id,
                step.id
            ),
            limits: self.0.limits,
            wall: self.0.limits.execute_wall,
            context: Some(call),
        };
        let attempt = wit::Attempt {
            number: attempt.number,
            first_started_at: attempt.first_started_at.as_millis(),
        };
        let (plugin, impact) = (self.clone(), step.impact);
        let check = move |answer| {
            let capabilities = plugin.capabilities();
            answer::executed(
                answer,
                &Expected {
                    impact,
                    capabilities,
                    already_done: &[],
                },
            )
        };
        self.0
            .runner
            .run(&self.0.pre, terms, (to_wit(step), attempt), check)
            .await
    }

    fn check_request(&self, request: &Request) -> Result<&Operation, RequestError> {
        self.validate_parameters(&request.operation, &request.parameters)?;
        self.validate_settings(&request.settings)?;
        self.operation(&request.operation)
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Descriptor { name, version, .. } = self.descriptor();
        write!(f, "{name} {version} ({})", self.0.origin)
    }
}

fn to_wit(step: &Step) -> wit::PlannedStep {
    wit::PlannedStep {
        id: step.id.clone(),
        title: step.title.clone(),
        reason: step.reason.clone(),
        nodes: step.nodes.iter().copied().map(crate::members::id_text).collect(),
        impact: match step.impact {
            Impact::Observe => types::Impact::Observe,
            Impact::Change => types::Impact::Change,
            Impact::Disrupt => types::Impact::Disrupt,
        },
        functions: step.functions.clone(),
        after: step.after.clone(),
        estimate_seconds: step.estimate_seconds,
        estimate_bytes: step.estimate_bytes,
        body: step.body.clone(),
    }
}
