//! Rolling restarts on a cluster in memory and a paused clock, through everything that can go wrong.

mod kills;
mod stories;
mod support;
