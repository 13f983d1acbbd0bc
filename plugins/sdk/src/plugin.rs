//! What a plugin is.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::Operation;

/// A plugin: who it is, what can be set, what it can do.
pub trait Plugin: 'static {
    /// Who it is. [`about!`](crate::about) takes it from Cargo.toml, so that nothing is said twice.
    const ABOUT: About;

    /// What the operator may set. Give every field a default: an operator who sets nothing sends `{}`.
    type Settings: DeserializeOwned + JsonSchema + 'static;

    /// What it can do; at least one. Called often, so it only lists.
    fn operations() -> Vec<Operation<Self::Settings>>;
}

/// Who a plugin is and what it works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) host_versions: &'static str,
    pub(crate) cassandra_versions: &'static str,
}

impl About {
    /// A plugin for hosts that speak this crate's contract and for Cassandra 4.0 up to and with 5.
    #[must_use]
    pub const fn new(name: &'static str, version: &'static str, summary: &'static str) -> Self {
        Self {
            name,
            version,
            summary,
            host_versions: ">=0.1, <0.2",
            cassandra_versions: ">=4.0, <6",
        }
    }

    /// Works with other versions of Cassandra: a semver requirement, e.g. `>=4.1, <6`.
    #[must_use]
    pub const fn with_cassandra_versions(mut self, requirement: &'static str) -> Self {
        self.cassandra_versions = requirement;
        self
    }
}
