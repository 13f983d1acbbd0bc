//! `tables`: work on the tables of one node.

use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::tables::{Host, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::{CallState, Refused};

pub(super) const CAPABILITY: Capability = Capability {
    name: "tables",
    summary: "flushes tables",
    access: Access::Changes,
    impact: Impact::Change,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn flush(&mut self, node: String, keyspace: String, tables: Vec<String>) -> Result<(), Refused> {
        let bytes = node.len() + keyspace.len() + tables.iter().map(String::len).sum::<usize>();
        let context = self.enter(&CAPABILITY, bytes)?;
        let node = node.parse().map_err(|error| Error::Invalid(format!("{error}")))?;
        Ok(context.work.flush(node, &keyspace, &tables).await?)
    }
}
