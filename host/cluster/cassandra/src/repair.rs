//! Repair: starting it, following it, ending it, and what nodes remember of it.
//!
//! Commands go over Jolokia; what is remembered stands in tables and is read over CQL ([`recorded`] is how their rows
//! are understood).

mod options;
mod range;
pub(crate) mod recorded;
pub(crate) mod running;
mod start;
mod state;

pub(crate) use start::{START, start};
pub(crate) use state::{STATUS, TERMINATE, state, terminate};
