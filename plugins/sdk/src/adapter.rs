//! From the contract's calls to a [`Plugin`]'s functions.

use std::marker::PhantomData;

use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::operation::schema;
use crate::step::planned_by;
use crate::{Attempt, Failure, Fault, Outcome, Plugin, Refusal};

/// The component's export for a plugin; [`export!`](crate::export) names it.
#[derive(Debug)]
pub struct Adapter<P>(PhantomData<P>);

impl<P: Plugin> Adapter<P> {
    /// Compiles only for what can be exported.
    #[doc(hidden)]
    pub fn check() {
        let _ = <Self as wit::Guest>::describe;
    }
}

impl<P: Plugin> wit::Guest for Adapter<P> {
    fn describe() -> wit::Descriptor {
        tell_panics();
        wit::Descriptor {
            name: P::ABOUT.name.into(),
            version: P::ABOUT.version.into(),
            summary: P::ABOUT.summary.into(),
            host_versions: P::ABOUT.host_versions.into(),
            cassandra_versions: P::ABOUT.cassandra_versions.into(),
            operations: P::operations()
                .iter()
                .map(|operation| operation.describe())
                .collect(),
            settings_schema: schema::<P::Settings>(),
        }
    }

    fn plan(request: wit::Request) -> Result<wit::MaintenancePlan, Refusal> {
        tell_panics();
        let operations = P::operations();
        let Some(operation) = operations
            .iter()
            .find(|operation| operation.name() == request.operation)
        else {
            let message = format!("This plugin has no operation `{}`.", request.operation);
            return Err(Refusal::new(Fault::InvalidParameters, message));
        };
        operation.plan(request)
    }

    fn execute(step: wit::PlannedStep, attempt: Attempt) -> Result<Outcome, Failure> {
        tell_panics();
        let name = planned_by(&step)?;
        let operations = P::operations();
        let Some(operation) = operations.iter().find(|operation| operation.name() == name) else {
            return Err(Failure::internal(format!(
                "This plugin has no operation `{name}`."
            )));
        };
        operation.execute(step, attempt)
    }
}

/// A component has no stderr: without this, a panic shows only that something was unreachable.
fn tell_panics() {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|panic| crate::log::error(panic)));
}

#[cfg(test)]
mod tests;
