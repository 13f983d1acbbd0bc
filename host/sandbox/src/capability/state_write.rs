//! `state-write`: changes what a plugin keeps between calls.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::state_write::{Host, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::{CallState, Refused};

/// Longest key, in bytes.
const KEY_BYTES: usize = 512;

pub(super) const CAPABILITY: Capability = Capability {
    name: "state-write",
    summary: "keeps something for its next calls",
    access: Access::Changes,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn put(&mut self, key: String, value: Vec<u8>, expected: u64) -> Result<u64, Refused> {
        let limit = self.meter.limits().state_bytes;
        let context = self.enter(&CAPABILITY, key.len() + value.len())?;
        if key.is_empty() || key.len() > KEY_BYTES {
            let reason = format!("a key has 1 to {KEY_BYTES} bytes, and this one {}", key.len());
            return Err(Error::Invalid(reason).into());
        }
        let stored = context.state.put(&key, value, expected, limit).await?;
        self.meter.state_stored(stored.total_bytes);
        Ok(stored.version)
    }

    async fn remove(&mut self, key: String, expected: u64) -> Result<(), Refused> {
        let context = self.enter(&CAPABILITY, key.len())?;
        let total_bytes = context.state.remove(&key, expected).await?;
        self.meter.state_stored(total_bytes);
        Ok(())
    }
}
