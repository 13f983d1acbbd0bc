//! Cassandra's tools, run by whole hosts on a cluster in memory.

mod kills;
mod stories;
mod support;
