//! Integration tests on real Cassandra clusters.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod agent;
mod backend;
mod conformance;
mod host;
mod repair;
mod safety;
mod turn;
