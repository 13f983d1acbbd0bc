//! Safeguards switched off on purpose: a check that does not notice is no check.

use std::fmt;

use ringkeeper_conductor::Safeguard;
use ringkeeper_guard::Rule;

/// One safeguard of the host that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutation {
    /// A rule of the guard is not asked.
    Rule(Rule),
    /// A safeguard of the conductor is left out.
    Safeguard(Safeguard),
}

impl Mutation {
    /// All of them.
    pub fn every() -> impl Iterator<Item = Self> {
        let rules = Rule::EVERY.into_iter().map(Self::Rule);
        rules.chain(Safeguard::EVERY.into_iter().map(Self::Safeguard))
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::every().find(|mutation| mutation.to_string() == name)
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => write!(f, "guard.{}", rule.name()),
            Self::Safeguard(safeguard) => write!(f, "host.{}", safeguard.name()),
        }
    }
}
