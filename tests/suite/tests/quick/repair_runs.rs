//! Runs of `repair.full` on a cluster in memory and a paused clock, through everything that can go wrong.

mod kills;
mod schedules;
mod stories;
mod support;
mod waiting;

pub(crate) use support::StopAt;
