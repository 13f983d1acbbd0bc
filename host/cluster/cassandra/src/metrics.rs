//! Numbers: which MBean each metric of the registry is read from, and how.
//!
//! The registry's `source` is the whole truth: it is read here ([`source`]), and docs/metrics.md prints it.

mod node;
mod object_name;
mod source;
mod table;

use crate::jolokia::Question;

pub(crate) use node::ask as ask_node;
pub(crate) use table::ask as ask_tables;

/// The questions behind every metric.
pub(crate) fn questions() -> Vec<Question> {
    [node::questions(), table::questions()].concat()
}

#[cfg(test)]
mod docs;
