//! What only a program beside Cassandra can see or do.
//!
//! Jolokia tells everything about Cassandra and nothing about the machine below it. Each module here is one thing that
//! the machine is asked for: a small trait that says what, a real driver, one in memory for tests and simulation, and a
//! suite (`conformance`) that both pass. The picture to keep in mind: a driver is given the folder that it looks in (`/`
//! on a machine, a recorded tree in a test) and knows nothing of clusters, runs or plugins. All of it but table
//! snapshots only reads.

pub mod files;
pub mod logs;
pub mod metrics;
pub mod packages;
pub mod releases;
pub mod unit;

mod error;
mod program;

pub use error::DriverError;
