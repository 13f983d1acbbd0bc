//! Integration tests: the whole path, the command line, real Cassandra.
//!
//! `tests/quick` needs nothing but this checkout; `tests/real` starts real clusters through `ringkeeper-lab`. What both need
//! stands here: a whole host on a cluster in memory, and one suite of behaviours for clusters in memory and real ones.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "test support fails by panicking"
)]

mod agents;
pub mod conformance;
mod product;
mod restarts;
mod sim_host;
mod slow_journal;

pub use agents::{AGENT_PORT, hosts_agents_at};
pub use product::{Begun, DEADLINE, Product, Ran, Served};
pub use sim_host::{HEALTH_GRANTS, REPAIR_GRANTS, SimHost, SimPlugin, three_nodes, three_nodes_builder};
