//! Pieces of a plan.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bindings::ringkeeper::maintenance::types::Step as WitStep;
use crate::text::line;
use crate::{Failure, Fault, Impact, NodeId, Refusal};

/// One piece of a plan, with a body `B` that its execution gets back.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Step<B> {
    /// Stable: the same world gives the same ids. At most 200 characters.
    pub id: String,
    /// One line for a person: what is done.
    pub title: String,
    /// One line for a person: why it is in the plan, and why in this way, with the facts that made it so.
    pub reason: String,
    /// Every node it touches.
    pub nodes: Vec<NodeId>,
    /// The strongest impact of anything it does.
    pub impact: Impact,
    /// The changing functions it will call, as `interface.function`.
    pub functions: Vec<String>,
    /// Ids of the steps that must be done before.
    pub after: Vec<String>,
    /// How long it will take, in seconds; none where it cannot be told.
    pub estimate_seconds: Option<u64>,
    /// How many bytes it will read or move; none where it cannot be told.
    pub estimate_bytes: Option<u64>,
    /// What its execution needs to know.
    pub body: B,
}

/// What the host keeps for a step: which operation carries it out, and the body.
#[derive(Serialize, Deserialize)]
struct Envelope<B> {
    operation: String,
    body: B,
}

/// The envelope when the body's type is not known yet.
#[derive(Deserialize)]
struct Address {
    operation: String,
}

impl<B> Step<B> {
    /// A step that touches nothing and calls nothing yet.
    pub fn new(id: impl Into<String>, title: impl Into<String>, reason: impl Into<String>, body: B) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            reason: reason.into(),
            nodes: Vec::new(),
            impact: Impact::Observe,
            functions: Vec::new(),
            after: Vec::new(),
            estimate_seconds: None,
            estimate_bytes: None,
            body,
        }
    }

    /// Touches these nodes.
    pub fn touching(mut self, nodes: impl IntoIterator<Item = NodeId>) -> Self {
        self.nodes.extend(nodes);
        self
    }

    /// Will call this changing function, e.g. `repair.start`, which has this impact.
    pub fn calling(mut self, function: impl Into<String>, impact: Impact) -> Self {
        self.functions.push(function.into());
        if impact_rank(impact) > impact_rank(self.impact) {
            self.impact = impact;
        }
        self
    }

    /// Waits for the step with this id.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after.push(id.into());
        self
    }
}

impl<B: Serialize> Step<B> {
    pub(crate) fn into_wit(self, operation: &str) -> Result<WitStep, Refusal> {
        let envelope = Envelope {
            operation: operation.to_owned(),
            body: self.body,
        };
        let body = serde_json::to_string(&envelope).map_err(|error| {
            Refusal::new(
                Fault::Internal,
                format!("The body of step `{}`: {error}.", self.id),
            )
        })?;
        Ok(WitStep {
            id: self.id,
            title: line(&self.title),
            reason: line(&self.reason),
            nodes: self.nodes,
            impact: self.impact,
            functions: self.functions,
            after: self.after,
            estimate_seconds: self.estimate_seconds,
            estimate_bytes: self.estimate_bytes,
            body,
        })
    }
}

impl<B: DeserializeOwned> Step<B> {
    pub(crate) fn from_wit(step: WitStep) -> Result<Self, Failure> {
        let Envelope { body, .. } =
            serde_json::from_str(&step.body).map_err(|error| unreadable(&step, &error))?;
        Ok(Self {
            id: step.id,
            title: step.title,
            reason: step.reason,
            nodes: step.nodes,
            impact: step.impact,
            functions: step.functions,
            after: step.after,
            estimate_seconds: step.estimate_seconds,
            estimate_bytes: step.estimate_bytes,
            body,
        })
    }
}

/// The operation that planned a step.
pub(crate) fn planned_by(step: &WitStep) -> Result<String, Failure> {
    let Address { operation } = serde_json::from_str(&step.body).map_err(|error| unreadable(step, &error))?;
    Ok(operation)
}

fn unreadable(step: &WitStep, error: &serde_json::Error) -> Failure {
    Failure::internal(format!("The body of step `{}` cannot be read: {error}.", step.id))
}

/// Generated enums have no order.
fn impact_rank(impact: Impact) -> u8 {
    match impact {
        Impact::Observe => 0,
        Impact::Change => 1,
        Impact::Disrupt => 2,
    }
}
