//! `random`: numbers that are the same at every attempt.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::random::{Host, add_to_linker};
use crate::call_state::CallState;

/// Most bytes a plugin gets at once.
const MOST_BYTES: usize = 65_536;

pub(super) const CAPABILITY: Capability = Capability {
    name: "random",
    summary: "random numbers, the same at every attempt",
    access: Access::Reads,
    impact: Impact::Observe,
    base: true,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    fn next(&mut self) -> wasmtime::Result<u64> {
        self.meter.host_call(0)?;
        Ok(self.random.next_u64())
    }

    fn bytes(&mut self, length: u32) -> wasmtime::Result<Vec<u8>> {
        self.meter.host_call(0)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(MOST_BYTES).min(MOST_BYTES)];
        self.random.fill(&mut bytes);
        Ok(bytes)
    }
}
