//! The capabilities: what a plugin may import.
//!
//! A capability is one WIT interface, one module here, one word in a grant and one label in metrics and audit. Every
//! module has the same parts: a [`Capability`] that says what it is, and the implementation of its interface for the
//! state of a call. To add one, add its module and its line in [`CAPABILITIES`].

mod clock;
mod cluster;
mod jobs;
mod lifecycle;
mod log;
mod metrics;
mod node_state;
mod random;
mod repair;
mod repair_history;
mod run;
mod state;
mod state_write;
mod tables;
mod telemetry;
mod tool_catalogue;
mod tools;

use std::fmt;

use ringkeeper_plan::Impact;
use serde::Serialize;
use wasmtime::component::Linker;

use crate::call_state::CallState;

/// Every capability of this host, base ones first.
pub const CAPABILITIES: &[Capability] = &[
    run::CAPABILITY,
    clock::CAPABILITY,
    random::CAPABILITY,
    log::CAPABILITY,
    jobs::CAPABILITY,
    state::CAPABILITY,
    state_write::CAPABILITY,
    cluster::CAPABILITY,
    node_state::CAPABILITY,
    metrics::CAPABILITY,
    telemetry::CAPABILITY,
    repair_history::CAPABILITY,
    repair::CAPABILITY,
    tables::CAPABILITY,
    lifecycle::CAPABILITY,
    tool_catalogue::CAPABILITY,
    tools::CAPABILITY,
];

/// Puts a capability's functions into a linker.
type Link = fn(&mut Linker<CallState>) -> wasmtime::Result<()>;

/// An interface that a plugin may import.
#[derive(Clone, Copy, Serialize)]
pub struct Capability {
    /// The interface's name, and the word in a grant.
    pub name: &'static str,
    /// One line for the person who grants it.
    pub summary: &'static str,
    /// Whether it only reads or only changes; never both.
    pub access: Access,
    /// The strongest impact any of its functions has.
    pub impact: Impact,
    /// Whether every plugin has it without a grant.
    pub base: bool,
    #[serde(skip)]
    link: Link,
}

impl Capability {
    /// The capability of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        CAPABILITIES.iter().find(|capability| capability.name == name)
    }

    /// Names of all capabilities that need a grant.
    pub fn grantable() -> impl Iterator<Item = &'static str> {
        CAPABILITIES
            .iter()
            .filter(|capability| !capability.base)
            .map(|capability| capability.name)
    }

    /// Puts its functions into `linker`.
    pub(crate) fn link(&self, linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
        (self.link)(linker)
    }
}

impl fmt::Debug for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Which of the two a capability does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// It reads; it works while planning.
    Reads,
    /// It changes something; while planning it answers access-denied.
    Changes,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Reads => "reads",
            Self::Changes => "changes",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract's files, beside which a capability must stand.
    fn interfaces() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str().map(str::to_owned))
            .filter(|name| !["types", "maintenance", "worlds", "README"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn every_interface_of_the_contract_is_a_capability() {
        let mut known: Vec<&str> = CAPABILITIES.iter().map(|capability| capability.name).collect();
        known.sort_unstable();
        assert_eq!(known, interfaces());
    }

    #[test]
    fn base_capabilities_read() {
        for capability in CAPABILITIES.iter().filter(|capability| capability.base) {
            assert_eq!(capability.access, Access::Reads, "{}", capability.name);
        }
    }
}
