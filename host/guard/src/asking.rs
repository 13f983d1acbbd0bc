//! Whose word work needs, by its operation and impact.

use std::collections::BTreeMap;
use std::time::Duration;

use ringkeeper_plan::Impact;
use serde::{Deserialize, Serialize};

/// Whose word work needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consent {
    /// Nobody's.
    #[default]
    Auto,
    /// A person approves its plan first.
    Ask,
    /// It is not done.
    Deny,
}

impl Consent {
    /// All of them, in the order of the reference.
    pub const EVERY: [Self; 3] = [Self::Auto, Self::Ask, Self::Deny];

    /// Its word in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Ask => "ask",
            Self::Deny => "deny",
        }
    }
}

/// What one operation, or all of one plugin, needs; none where the default for its impact holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentByImpact {
    /// For steps that change.
    pub change: Option<Consent>,
    /// For steps that disrupt.
    pub disrupt: Option<Consent>,
}

/// Whose word operations need. What only observes never needs any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalPolicy {
    /// For steps that change, unless said otherwise below.
    pub change: Consent,
    /// For steps that disrupt, unless said otherwise below.
    pub disrupt: Consent,
    /// By operation (`patching.restart`), or by all of a plugin's (`patching.*`); the operation goes first.
    pub operations: BTreeMap<String, ConsentByImpact>,
    /// How long a plan may be approved, from when it was made.
    pub valid_for: Duration,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        Self {
            change: Consent::Auto,
            disrupt: Consent::Auto,
            operations: BTreeMap::new(),
            valid_for: Duration::from_secs(24 * 3_600),
        }
    }
}

impl ApprovalPolicy {
    /// Whose word a step of this operation and impact needs.
    #[must_use]
    pub fn consent(&self, operation: &str, impact: Impact) -> Consent {
        self.decided(operation, impact).0
    }

    /// The same, with the line of the policy that says so, as a person would look for it.
    #[must_use]
    pub fn decided(&self, operation: &str, impact: Impact) -> (Consent, String) {
        let plugin = operation.split_once('.').map(|(plugin, _)| format!("{plugin}.*"));
        let patterns = [Some(operation.to_owned()), plugin];
        let said = patterns.into_iter().flatten().find_map(|pattern| {
            let said = self.operations.get(&pattern)?;
            let consent = match impact {
                Impact::Observe => None,
                Impact::Change => said.change,
                Impact::Disrupt => said.disrupt,
            };
            Some((consent?, format!("operations.\"{pattern}\"")))
        });
        said.unwrap_or_else(|| match impact {
            Impact::Observe => (Consent::Auto, String::new()),
            Impact::Change => (self.change, "change".to_owned()),
            Impact::Disrupt => (self.disrupt, "disrupt".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> ApprovalPolicy {
        let both = |consent| ConsentByImpact {
            change: Some(consent),
            disrupt: Some(consent),
        };
        let disrupt = |consent| ConsentByImpact {
            change: None,
            disrupt: Some(consent),
        };
        ApprovalPolicy {
            disrupt: Consent::Ask,
            operations: BTreeMap::from([
                ("patching.*".to_owned(), both(Consent::Ask)),
                ("patching.restart".to_owned(), disrupt(Consent::Auto)),
                ("backup.restore".to_owned(), disrupt(Consent::Deny)),
            ]),
            ..ApprovalPolicy::default()
        }
    }

    #[test]
    fn nothing_is_asked_for_unless_the_operator_says_so() {
        for impact in [Impact::Observe, Impact::Change, Impact::Disrupt] {
            let consent = ApprovalPolicy::default().consent("patching.restart", impact);
            assert_eq!(consent, Consent::Auto);
        }
    }

    #[test]
    fn the_operation_goes_before_its_plugin_and_its_plugin_before_the_impact() {
        let cases = [
            ("patching.restart", Impact::Disrupt, Consent::Auto),
            ("patching.restart", Impact::Change, Consent::Ask),
            ("patching.upgrade", Impact::Disrupt, Consent::Ask),
            ("backup.restore", Impact::Disrupt, Consent::Deny),
            ("backup.restore", Impact::Change, Consent::Auto),
            ("repair.full", Impact::Change, Consent::Auto),
            ("repair.full", Impact::Disrupt, Consent::Ask),
        ];
        for (operation, impact, consent) in cases {
            assert_eq!(
                policy().consent(operation, impact),
                consent,
                "{operation} {impact}"
            );
        }
    }

    #[test]
    fn looking_is_free() {
        let all = ConsentByImpact {
            change: Some(Consent::Deny),
            disrupt: Some(Consent::Deny),
        };
        let mut policy = policy();
        policy.operations.insert("health.*".to_owned(), all);
        assert_eq!(policy.consent("health.check", Impact::Observe), Consent::Auto);
    }

    #[test]
    fn it_says_which_line_decides() {
        let line = |operation, impact| policy().decided(operation, impact).1;
        assert_eq!(
            line("patching.upgrade", Impact::Disrupt),
            "operations.\"patching.*\""
        );
        assert_eq!(line("repair.full", Impact::Disrupt), "disrupt");
    }
}
