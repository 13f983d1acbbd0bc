//! Integration tests: the whole path, the command line, real Cassandra.
//!
//! `tests/quick` needs nothing but this checkout; `tests/real` starts real clusters through `ringkeeper-lab`. What both need
//! stands here: a whole host on a cluster in memory.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test support fails by panicking"
)]

mod fake_host;
mod product;

pub use fake_host::{FakeHost, HEALTH_GRANTS, REPAIR_GRANTS, three_nodes, three_nodes_builder};
pub use product::{Begun, DEADLINE, Product, Ran, Served};
