//! `state`: reads what a plugin keeps between calls.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::state::{Entry, Host, KeyPage, add_to_linker};
use crate::call_state::{CallState, Refused};

/// Keys a page.
const PAGE: usize = 1_000;

pub(super) const CAPABILITY: Capability = Capability {
    name: "state",
    summary: "reads what it kept itself",
    access: Access::Reads,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn get(&mut self, key: String) -> Result<Option<Entry>, Refused> {
        let context = self.enter(&CAPABILITY, key.len())?;
        let entry = context.state.get(&key).await?;
        Ok(entry.map(|entry| Entry {
            value: entry.value,
            version: entry.version,
        }))
    }

    async fn keys(&mut self, cursor: Option<String>) -> Result<KeyPage, Refused> {
        let context = self.enter(&CAPABILITY, cursor.as_ref().map_or(0, String::len))?;
        // One more than a page tells whether there is another.
        let mut keys = context.state.keys(cursor.as_deref(), PAGE + 1).await?;
        let more = keys.len() > PAGE;
        keys.truncate(PAGE);
        let cursor = if more { keys.last().cloned() } else { None };
        Ok(KeyPage { keys, cursor })
    }
}
