//! Findings, put together piece by piece.

use std::fmt::Display;

use crate::text::{facts, key, line, sentences};
use crate::{Evidence, Finding, Owner, Severity, Subject};

impl Finding {
    /// A finding about the cluster, whose owner is not known yet. The key names the matter and not the moment, e.g.
    /// `node-down/<host id>`; the title is one sentence.
    #[must_use]
    pub fn new(severity: Severity, key: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            severity,
            subject: Subject::Cluster,
            owner: Owner::Unknown,
            title: title.into(),
            evidence: Vec::new(),
            suggestion: None,
            suggested_operation: None,
        }
    }

    /// What it is about, and whose matter it is.
    #[must_use]
    pub fn about(mut self, subject: Subject, owner: Owner) -> Self {
        self.subject = subject;
        self.owner = owner;
        self
    }

    /// With a fact that has no limit. Say the most telling fact first.
    #[must_use]
    pub fn seen(self, name: impl Display, value: impl Display) -> Self {
        self.with(Evidence {
            name: name.to_string(),
            value: value.to_string(),
            limit: None,
        })
    }

    /// With a fact that is beyond its limit.
    #[must_use]
    pub fn beyond(self, name: impl Display, value: impl Display, limit: impl Display) -> Self {
        self.with(Evidence {
            name: name.to_string(),
            value: value.to_string(),
            limit: Some(limit.to_string()),
        })
    }

    /// With this fact.
    #[must_use]
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// What to do, in one or two sentences.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// An operation of any plugin that would cure it, e.g. `repair.full`.
    #[must_use]
    pub fn cured_by(mut self, operation: impl Into<String>) -> Self {
        self.suggested_operation = Some(operation.into());
        self
    }

    /// The finding as the host takes it. Names of data centres and words of nodes come from outside: one odd
    /// character in them must not cost the whole plan.
    pub(crate) fn fitted(mut self) -> Self {
        self.key = key(&self.key);
        self.title = line(&self.title);
        self.evidence = facts(self.evidence);
        self.suggestion = self.suggestion.as_deref().map(sentences);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MOST_FACTS;

    #[test]
    fn what_comes_from_outside_is_made_to_fit() {
        let finding = Finding::new(Severity::Info, "silent/data centre 1//", "two\nlines").seen("why", "");
        let finding = (0..200).fold(finding, |finding, i| finding.seen(i, i)).fitted();
        assert_eq!(finding.key, "silent/data-centre-1/-/-");
        assert_eq!(finding.title, "two lines");
        assert_eq!(finding.evidence[0].value, "-");
        assert_eq!(finding.evidence.len(), MOST_FACTS);
        assert_eq!(finding.evidence[MOST_FACTS - 1].value, "102");
    }
}
