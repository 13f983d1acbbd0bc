//! `clock`: what time it is.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::clock::{Host, add_to_linker};
use crate::call_state::{CallState, Phase};

pub(super) const CAPABILITY: Capability = Capability {
    name: "clock",
    summary: "what time it is",
    access: Access::Reads,
    impact: Impact::Observe,
    base: true,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn now(&mut self) -> wasmtime::Result<i64> {
        self.meter.host_call(0)?;
        Ok(match self.phase {
            // What a plugin says of itself may not depend on the moment.
            Phase::Describe => 0,
            Phase::Plan | Phase::Execute => self.clock.now().as_millis(),
        })
    }
}
