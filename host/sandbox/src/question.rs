//! The questions a plugin answers, each in an instance of its own.

use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, Instance, Lift, Lower};

use crate::bindings::EverythingPre;
use crate::bindings::exports::ringkeeper::maintenance::maintenance as wit;
use crate::call_state::{CallState, Phase};
use crate::import::EXPORT;

/// A question to a plugin.
pub(crate) trait Question: Send + 'static {
    /// What it answers, unchecked.
    type Answer: Send;

    /// Which of the plugin's functions runs.
    const PHASE: Phase;

    /// Makes an instance in the store and asks it.
    fn ask(
        self,
        plugin: &EverythingPre<CallState>,
        store: &mut Store<CallState>,
    ) -> impl Future<Output = wasmtime::Result<Self::Answer>> + Send;
}

/// Have you the three functions, with the types of the contract? The others ask without looking.
pub(crate) struct Fit;

impl Question for Fit {
    type Answer = Result<(), String>;
    const PHASE: Phase = Phase::Describe;

    async fn ask(
        self,
        plugin: &EverythingPre<CallState>,
        store: &mut Store<CallState>,
    ) -> wasmtime::Result<Self::Answer> {
        let instance = plugin.instance_pre().instantiate_async(&mut *store).await?;
        let fits = function::<(), (wit::Descriptor,)>(&instance, store, "describe")
            .and_then(|()| function::<(&wit::Request,), (Planned,)>(&instance, store, "plan"))
            .and_then(|()| {
                function::<(&wit::PlannedStep, wit::Attempt), (Executed,)>(&instance, store, "execute")
            });
        Ok(fits)
    }
}

type Planned = Result<wit::MaintenancePlan, wit::Refusal>;
type Executed = Result<wit::Outcome, wit::Failure>;

fn function<P, R>(instance: &Instance, store: &mut Store<CallState>, name: &str) -> Result<(), String>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    let interface = instance.get_export_index(&mut *store, None, EXPORT);
    let Some(function) = instance.get_export_index(&mut *store, interface.as_ref(), name) else {
        return Err(format!("`{name}` is missing"));
    };
    match instance.get_typed_func::<P, R>(&mut *store, &function) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "`{name}` has another type than in the contract: {error:#}"
        )),
    }
}

/// What are you?
pub(crate) struct Describe;

impl Question for Describe {
    type Answer = wit::Descriptor;
    const PHASE: Phase = Phase::Describe;

    async fn ask(
        self,
        plugin: &EverythingPre<CallState>,
        store: &mut Store<CallState>,
    ) -> wasmtime::Result<Self::Answer> {
        let instance = plugin.instantiate_async(&mut *store).await?;
        instance
            .ringkeeper_maintenance_maintenance()
            .call_describe(store)
            .await
    }
}

impl Question for wit::Request {
    type Answer = Planned;
    const PHASE: Phase = Phase::Plan;

    async fn ask(
        self,
        plugin: &EverythingPre<CallState>,
        store: &mut Store<CallState>,
    ) -> wasmtime::Result<Self::Answer> {
        let instance = plugin.instantiate_async(&mut *store).await?;
        instance
            .ringkeeper_maintenance_maintenance()
            .call_plan(store, &self)
            .await
    }
}

impl Question for (wit::PlannedStep, wit::Attempt) {
    type Answer = Executed;
    const PHASE: Phase = Phase::Execute;

    async fn ask(
        self,
        plugin: &EverythingPre<CallState>,
        store: &mut Store<CallState>,
    ) -> wasmtime::Result<Self::Answer> {
        let (step, attempt) = self;
        let instance = plugin.instantiate_async(&mut *store).await?;
        instance
            .ringkeeper_maintenance_maintenance()
            .call_execute(store, &step, attempt)
            .await
    }
}
