//! `repair`: starts repairs.

use ringkeeper_cluster::{NodeId, RepairOrder, RepairParallelism};
use ringkeeper_plan::Impact;
use ringkeeper_ring::{Token, TokenRange};
use wasmtime::component::{HasSelf, Resource};

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::repair::{Host, Order, Parallelism, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::{CallState, Refused};
use crate::work::Job;

/// Tables Cassandra repairs at the same time in one command at most.
const MOST_THREADS: u32 = 4;

pub(super) const CAPABILITY: Capability = Capability {
    name: "repair",
    summary: "repairs ranges of tables",
    access: Access::Changes,
    impact: Impact::Change,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn start(&mut self, order: Order) -> Result<Resource<Job>, Refused> {
        let context = self.enter(&CAPABILITY, bytes(&order))?;
        let (coordinator, order) = checked(order).map_err(Error::Invalid)?;
        let job = context.work.start_repair(coordinator, order).await?;
        self.give_job(job)
    }
}

/// Bytes the guest handed over.
fn bytes(order: &Order) -> usize {
    let texts = [&order.coordinator, &order.keyspace];
    let lists = order.tables.iter().chain(&order.data_centres);
    texts.into_iter().chain(lists).map(String::len).sum::<usize>() + order.ranges.len() * 16
}

/// The order as the host has it, or what is wrong with it.
fn checked(order: Order) -> Result<(NodeId, RepairOrder), String> {
    let coordinator = order
        .coordinator
        .parse()
        .map_err(|error| format!("coordinator: {error}"))?;
    if order.tables.is_empty() {
        return Err("an order names no table".to_owned());
    }
    if order.ranges.is_empty() {
        return Err("an order names no range".to_owned());
    }
    if !(1..=MOST_THREADS).contains(&order.threads) {
        return Err(format!(
            "threads is {}; 1 to {MOST_THREADS} are possible",
            order.threads
        ));
    }
    let ranges: Vec<TokenRange> = order
        .ranges
        .iter()
        .map(|range| TokenRange::new(Token::new(range.start), Token::new(range.end)))
        .collect();
    if ranges.iter().any(|range| range.is_whole_ring()) {
        return Err("Cassandra refuses the whole ring as one range; cut it in two".to_owned());
    }
    let order = RepairOrder {
        keyspace: order.keyspace,
        tables: order.tables,
        ranges,
        data_centres: order.data_centres,
        parallelism: match order.parallelism {
            Parallelism::Sequential => RepairParallelism::Sequential,
            Parallelism::Parallel => RepairParallelism::Parallel,
            Parallelism::DataCentreAware => RepairParallelism::DataCentreAware,
        },
        threads: u8::try_from(order.threads).unwrap_or(1),
    };
    Ok((coordinator, order))
}
