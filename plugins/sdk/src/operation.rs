//! What a plugin can do, and what it answers.

use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::text::line;
use crate::{Attempt, Cause, Failure, Fault, Finding, Goal, Impact, Outcome, Refusal, Step};

/// Something the plugin can do. `S` is the plugin's settings.
#[must_use]
pub struct Operation<S> {
    name: &'static str,
    summary: &'static str,
    impact: Impact,
    default_schedule: Option<&'static str>,
    parameters_schema: fn() -> String,
    plan: Box<dyn Fn(wit::Request) -> Result<wit::MaintenancePlan, Refusal>>,
    execute: Box<dyn Fn(wit::PlannedStep, Attempt) -> Result<Outcome, Failure>>,
    settings: std::marker::PhantomData<fn(S)>,
}

/// What is asked of an operation: its parameters `P`, the plugin's settings `S`, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Request<P, S> {
    /// The operation's parameters.
    pub parameters: P,
    /// The plugin's settings.
    pub settings: S,
    /// Why it runs.
    pub cause: Cause,
    /// Ids of the steps that an earlier plan of the same run has done.
    pub already_done: Vec<String>,
}

/// For an operation that has no parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParameters {}

/// What an operation that only looks has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// One line for a person.
    pub title: String,
    /// What is wrong, or good to know.
    pub findings: Vec<Finding>,
}

/// What an operation would do. `B` is what a step keeps for its execution.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan<B> {
    /// One line for a person.
    pub title: String,
    /// What is seen.
    pub findings: Vec<Finding>,
    /// What would be done.
    pub steps: Vec<Step<B>>,
    /// What must hold afterwards; the host checks it by its own records.
    pub goals: Vec<Goal>,
}

impl<S: DeserializeOwned + 'static> Operation<S> {
    /// An operation that only looks. Its name is `<plugin>.<verb>`.
    pub fn observing<P, F>(name: &'static str, summary: &'static str, look: F) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        F: Fn(Request<P, S>) -> Result<Diagnosis, Refusal> + 'static,
    {
        let plan = move |request| {
            let Diagnosis { title, findings } = look(request)?;
            Ok(Plan::<()> {
                title,
                findings,
                steps: Vec::new(),
                goals: Vec::new(),
            })
        };
        let execute = |step: Step<()>, _| {
            Err(Failure::internal(format!(
                "step `{}` is not of this plugin",
                step.id
            )))
        };
        Self::working(name, summary, Impact::Observe, plan, execute)
    }

    /// An operation that plans steps and carries them out. `impact` is the strongest that any of its steps may have.
    pub fn working<P, B, F, G>(
        name: &'static str,
        summary: &'static str,
        impact: Impact,
        plan: F,
        execute: G,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        B: Serialize + DeserializeOwned + 'static,
        F: Fn(Request<P, S>) -> Result<Plan<B>, Refusal> + 'static,
        G: Fn(Step<B>, Attempt) -> Result<Outcome, Failure> + 'static,
    {
        Self {
            name,
            summary,
            impact,
            default_schedule: None,
            parameters_schema: schema::<P>,
            plan: Box::new(move |request| {
                let plan = plan(read_request(request)?).map_err(Refusal::fitted)?;
                let steps: Result<_, _> = plan.steps.into_iter().map(|step| step.into_wit(name)).collect();
                Ok(wit::MaintenancePlan {
                    title: line(&plan.title),
                    findings: plan.findings.into_iter().map(Finding::fitted).collect(),
                    steps: steps?,
                    goals: plan.goals,
                })
            }),
            execute: Box::new(move |step, attempt| {
                let outcome = execute(Step::from_wit(step)?, attempt);
                outcome.map(Outcome::fitted).map_err(Failure::fitted)
            }),
            settings: std::marker::PhantomData,
        }
    }

    /// Runs by itself at these times unless the operator says otherwise: a cron expression.
    pub fn scheduled(mut self, cron: &'static str) -> Self {
        self.default_schedule = Some(cron);
        self
    }
}

impl<S> Operation<S> {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn describe(&self) -> wit::Operation {
        wit::Operation {
            name: self.name.into(),
            summary: self.summary.into(),
            parameters_schema: (self.parameters_schema)(),
            impact: self.impact,
            default_schedule: self.default_schedule.map(Into::into),
        }
    }

    pub(crate) fn plan(&self, request: wit::Request) -> Result<wit::MaintenancePlan, Refusal> {
        (self.plan)(request)
    }

    pub(crate) fn execute(&self, step: wit::PlannedStep, attempt: Attempt) -> Result<Outcome, Failure> {
        (self.execute)(step, attempt)
    }
}

/// The JSON Schema of a type, as JSON text.
pub(crate) fn schema<T: JsonSchema>() -> String {
    SchemaGenerator::default()
        .into_root_schema_for::<T>()
        .to_value()
        .to_string()
}

fn read_request<P: DeserializeOwned, S: DeserializeOwned>(
    request: wit::Request,
) -> Result<Request<P, S>, Refusal> {
    let unreadable = |what, error| {
        Refusal::new(
            Fault::InvalidParameters,
            format!("The {what} do not fit: {error}."),
        )
    };
    Ok(Request {
        parameters: serde_json::from_str(&request.parameters)
            .map_err(|error| unreadable("parameters", error))?,
        settings: serde_json::from_str(&request.settings).map_err(|error| unreadable("settings", error))?,
        cause: request.cause,
        already_done: request.already_done,
    })
}
