//! `repair-history`: what was repaired, and what is being repaired.

use ringkeeper_cluster as cluster;
use ringkeeper_plan::Impact;
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::repair_history::{Host, Repaired, Running, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::{TableName, TokenRange};
use crate::call_state::{CallState, Refused};
use crate::members::id_text;

pub(super) const CAPABILITY: Capability = Capability {
    name: "repair-history",
    summary: "sees what was repaired when and by whom",
    access: Access::Reads,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn ledger(
        &mut self,
        table: TableName,
        data_centres: Vec<String>,
    ) -> Result<Vec<Repaired>, Refused> {
        let bytes =
            table.keyspace.len() + table.table.len() + data_centres.iter().map(String::len).sum::<usize>();
        let context = self.enter(&CAPABILITY, bytes)?;
        let table = cluster::TableName {
            keyspace: table.keyspace,
            table: table.table,
        };
        let ledger = context.work.ledger(&table, &data_centres).await?;
        let repaired = ledger.into_iter().map(|repaired| Repaired {
            range: TokenRange {
                start: repaired.range.start.value(),
                end: repaired.range.end.value(),
            },
            at: repaired.at.as_millis(),
            by: repaired.by.to_owned(),
        });
        Ok(repaired.collect())
    }

    async fn running_now(&mut self) -> Result<Vec<Running>, Refused> {
        let context = self.enter(&CAPABILITY, 0)?;
        let running = context.work.running_repairs().await?;
        let running = running.into_iter().map(|repair| Running {
            coordinator: id_text(repair.coordinator),
            command: repair.command,
            ours: repair.ours,
        });
        Ok(running.collect())
    }
}
