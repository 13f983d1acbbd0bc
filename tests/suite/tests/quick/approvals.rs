//! Runs that wait for a person's word, on a cluster in memory and a paused clock.

mod kills;
mod stories;
mod support;

pub(crate) use support::host_that_asks;
