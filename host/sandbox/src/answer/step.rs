//! Steps.

use ringkeeper_plan::{Impact, Step};
use serde::de::IgnoredAny;

use super::{Expected, MANY, list, words};
use crate::bindings::ringkeeper::maintenance::types as wit;
use crate::call_error::InvalidAnswer;
use crate::capability::{Access, Capability};

/// Steps of one plan: a thousand nodes of 16 tokens have about as many sets of replicas as ranges.
const STEPS: usize = 50_000;
/// Longest body, in bytes.
const BODY: usize = 256 << 10;

/// Steps of a plan or an extension, ids of each list being different.
pub(super) fn steps(steps: Vec<wit::Step>, expected: &Expected<'_>) -> Result<Vec<Step>, InvalidAnswer> {
    let steps = list("steps", steps, STEPS, |value| step(value, expected))?;
    let mut seen = std::collections::BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        if let Some(first) = seen.insert(step.id.as_str(), index) {
            let reason = format!("is `{}`, the id of steps[{first}]", step.id);
            return Err(InvalidAnswer::new("id", reason).inside(&format!("steps[{index}]")));
        }
    }
    Ok(steps)
}

fn step(step: wit::Step, expected: &Expected<'_>) -> Result<Step, InvalidAnswer> {
    let impact = from_wit(step.impact);
    if impact > expected.impact {
        let reason = format!(
            "is {impact}, and the operation promises {} at most",
            expected.impact
        );
        return Err(InvalidAnswer::new("impact", reason));
    }
    if step.body.len() > BODY {
        let reason = format!("has {} bytes; {BODY} are allowed", step.body.len());
        return Err(InvalidAnswer::new("body", reason));
    }
    serde_json::from_str::<IgnoredAny>(&step.body)
        .map_err(|error| InvalidAnswer::new("body", format!("is not JSON: {error}")))?;
    Ok(Step {
        id: words::id("id", step.id)?,
        title: words::line("title", step.title)?,
        reason: words::line("reason", step.reason)?,
        nodes: list("nodes", step.nodes, MANY, |node| words::node("", &node))?,
        impact,
        functions: list("functions", step.functions, MANY, |name| function(name, expected))?,
        after: list("after", step.after, MANY, |id| words::id("", id))?,
        estimate_seconds: step.estimate_seconds,
        estimate_bytes: step.estimate_bytes,
        body: step.body,
    })
}

/// A function a step will call: `interface.function`, of a changing interface that the plugin imports at all.
fn function(name: String, expected: &Expected<'_>) -> Result<String, InvalidAnswer> {
    let name = words::id("", name)?;
    let capability = name
        .split_once('.')
        .and_then(|(interface, _)| Capability::find(interface));
    match capability {
        Some(capability) if capability.access == Access::Reads => Err(InvalidAnswer::new(
            "",
            format!("is `{name}`, which changes nothing"),
        )),
        Some(capability) if expected.capabilities.contains(capability.name) => Ok(name),
        Some(_) => Err(InvalidAnswer::new(
            "",
            format!("is `{name}`, of an interface the plugin does not import"),
        )),
        None => Err(InvalidAnswer::new(
            "",
            format!("is `{name}`, not `interface.function` of this host"),
        )),
    }
}

/// An impact as the host names it.
pub(crate) const fn from_wit(impact: wit::Impact) -> Impact {
    match impact {
        wit::Impact::Observe => Impact::Observe,
        wit::Impact::Change => Impact::Change,
        wit::Impact::Disrupt => Impact::Disrupt,
    }
}
