//! `telemetry`: a plugin's own numbers.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::telemetry::{Host, add_to_linker};
use crate::call_state::{CallState, Refused};

pub(super) const CAPABILITY: Capability = Capability {
    name: "telemetry",
    summary: "shows numbers of its own in the host's metrics",
    access: Access::Changes,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn gauge(&mut self, name: String, value: f64) -> Result<(), Refused> {
        let context = self.enter(&CAPABILITY, name.len())?;
        Ok(context.telemetry.gauge(&name, value)?)
    }

    fn counter(&mut self, name: String, increase: f64) -> Result<(), Refused> {
        let context = self.enter(&CAPABILITY, name.len())?;
        Ok(context.telemetry.counter(&name, increase)?)
    }
}
