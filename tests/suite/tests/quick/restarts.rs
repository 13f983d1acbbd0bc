//! Rolling restarts on a cluster in memory and a paused clock, through everything that can go wrong.

mod crash_loops;
mod kills;
mod stories;
mod support;
