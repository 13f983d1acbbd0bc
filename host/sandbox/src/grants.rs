//! What the operator lets a plugin use.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::capability::Capability;
use crate::text;

/// Capabilities granted to a plugin. Base capabilities need no grant and stand in none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Grants(BTreeSet<&'static str>);

impl Grants {
    /// Nothing but the base capabilities.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a list of capability names.
    ///
    /// # Errors
    /// When a name is no capability, or one that needs no grant.
    pub fn parse<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Result<Self, GrantError> {
        let granted = names.into_iter().map(|name| {
            let name = name.as_ref();
            match Capability::find(name) {
                Some(capability) if !capability.base => Ok(capability.name),
                Some(capability) => Err(GrantError::Base {
                    name: capability.name,
                }),
                None => Err(GrantError::Unknown {
                    name: name.to_owned(),
                    nearest: nearest(name),
                }),
            }
        });
        granted.collect::<Result<_, _>>().map(Self)
    }

    /// Whether this capability may be used: granted or base.
    #[must_use]
    pub fn allows(&self, capability: &Capability) -> bool {
        capability.base || self.0.contains(capability.name)
    }

    /// The granted names, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }

    /// These grants and `more`.
    pub(crate) fn and(&self, more: impl IntoIterator<Item = &'static str>) -> Self {
        Self(self.names().chain(more).collect())
    }
}

/// The line of a configuration file that grants them.
impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.names().map(|name| format!("\"{name}\"")).collect();
        write!(f, "grants = [{}]", names.join(", "))
    }
}

/// Why a name cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GrantError {
    /// There is no such capability.
    #[error("`{name}` is not a capability{}; there are {}", did_you_mean(*.nearest), Capability::grantable().collect::<Vec<_>>().join(", "))]
    Unknown {
        /// What was written.
        name: String,
        /// What may have been meant.
        nearest: Option<&'static str>,
    },
    /// Every plugin has it.
    #[error("`{name}` needs no grant: every plugin has it")]
    Base {
        /// The capability.
        name: &'static str,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

fn nearest(name: &str) -> Option<&'static str> {
    text::nearest(name, Capability::grantable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_capability_names() {
        let grants = Grants::parse(["node-state", "cluster"]).unwrap();
        assert_eq!(grants.to_string(), r#"grants = ["cluster", "node-state"]"#);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest_known_one() {
        insta::assert_snapshot!(Grants::parse(["node_state"]).unwrap_err(), @"`node_state` is not a capability (did you mean `node-state`?); there are state, state-write, cluster, node-state, metrics, telemetry, repair-history, repair, tables, lifecycle, tool-catalogue, tools");
        insta::assert_snapshot!(Grants::parse(["everything"]).unwrap_err(), @"`everything` is not a capability; there are state, state-write, cluster, node-state, metrics, telemetry, repair-history, repair, tables, lifecycle, tool-catalogue, tools");
        insta::assert_snapshot!(Grants::parse(["clock"]).unwrap_err(), @"`clock` needs no grant: every plugin has it");
    }
}
