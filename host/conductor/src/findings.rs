//! Which findings are open, and what a new look changes about that.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_api::OpenFinding;
use ringkeeper_journal::{Event, OpenedFinding};
use ringkeeper_plan::Finding;
use ringkeeper_seams::Timestamp;

/// The name under which the host's own findings stand beside those of operations.
pub const HOST_OPERATION: &str = "host";

/// Open findings of one cluster, by operation and key.
#[derive(Debug, Default)]
pub(crate) struct OpenFindings {
    open: BTreeMap<(String, String), OpenFinding>,
}

impl OpenFindings {
    /// Takes up what the journal says is open.
    pub(crate) fn resume(cluster: &str, opened: BTreeMap<(String, String), OpenedFinding>) -> Self {
        let open = opened.into_iter().map(|(place, opened)| {
            let OpenedFinding {
                opened_at,
                changed_at,
                finding,
            } = opened;
            let operation = place.0.clone();
            let cluster = cluster.to_owned();
            (
                place,
                OpenFinding {
                    cluster,
                    operation,
                    opened_at,
                    changed_at,
                    seen_at: changed_at,
                    finding,
                },
            )
        });
        Self { open: open.collect() }
    }

    /// Worst first, then oldest.
    pub(crate) fn list(&self) -> Vec<OpenFinding> {
        let mut list: Vec<_> = self.open.values().cloned().collect();
        worst_first(&mut list);
        list
    }

    /// What `operation` found while nobody could be asked: what was open stays open, for nothing tells that it ended.
    pub(crate) fn and_still_open(&self, operation: &str, mut found: Vec<Finding>) -> Vec<Finding> {
        for ((of, key), open) in &self.open {
            if of == operation && !found.iter().any(|finding| finding.key == *key) {
                found.push(open.finding.clone());
            }
        }
        found
    }

    /// Operations that have something open.
    pub(crate) fn operations(&self) -> BTreeSet<String> {
        self.open.keys().map(|(operation, _)| operation.clone()).collect()
    }

    /// Whether nothing is open.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// What is to be written when `operation` finds exactly `found`. Only opening, clearing and a change of severity,
    /// owner or subject are transitions: numbers in the evidence move at every look.
    pub(crate) fn transitions(&self, operation: &str, found: &[Finding]) -> Vec<Event> {
        let mut events = Vec::new();
        for finding in found {
            let place = (operation.to_owned(), finding.key.clone());
            let event = match self.open.get(&place) {
                None => Event::FindingOpened {
                    operation: operation.to_owned(),
                    finding: Box::new(finding.clone()),
                },
                Some(open) if is_another_matter(&open.finding, finding) => Event::FindingChanged {
                    operation: operation.to_owned(),
                    finding: Box::new(finding.clone()),
                },
                Some(_) => continue,
            };
            events.push(event);
        }
        for (of, key) in self.open.keys().filter(|(of, _)| of == operation) {
            if !found.iter().any(|finding| finding.key == *key) {
                events.push(Event::FindingCleared {
                    operation: of.clone(),
                    key: key.clone(),
                });
            }
        }
        events
    }

    /// Takes a look over, after its transitions were written.
    pub(crate) fn take(&mut self, cluster: &str, operation: &str, found: Vec<Finding>, at: Timestamp) {
        let mut before = std::mem::take(&mut self.open);
        self.open = before.extract_if(.., |(of, _), _| of != operation).collect();
        for finding in found {
            let place = (operation.to_owned(), finding.key.clone());
            let known = before.remove(&place);
            let opened_at = known.as_ref().map_or(at, |open| open.opened_at);
            let changed_at = match &known {
                Some(open) if !is_another_matter(&open.finding, &finding) => open.changed_at,
                _ => at,
            };
            let open = OpenFinding {
                cluster: cluster.to_owned(),
                operation: operation.to_owned(),
                opened_at,
                changed_at,
                seen_at: at,
                finding,
            };
            self.open.insert(place, open);
        }
    }
}

/// Worst first, then oldest.
pub(crate) fn worst_first(list: &mut [OpenFinding]) {
    list.sort_by(|a, b| {
        let place = |open: &OpenFinding| (open.opened_at, open.finding.key.clone());
        b.finding
            .severity
            .cmp(&a.finding.severity)
            .then_with(|| place(a).cmp(&place(b)))
    });
}

fn is_another_matter(before: &Finding, now: &Finding) -> bool {
    (before.severity, before.owner, &before.subject) != (now.severity, now.owner, &now.subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringkeeper_plan::{Evidence, Owner, Severity, Subject};

    fn finding(key: &str, severity: Severity, value: &str) -> Finding {
        Finding {
            key: key.to_owned(),
            severity,
            subject: Subject::Cluster,
            owner: Owner::Platform,
            title: key.to_owned(),
            evidence: vec![Evidence {
                name: "n".to_owned(),
                value: value.to_owned(),
                limit: None,
            }],
            suggestion: None,
            suggested_operation: None,
        }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn only_what_opens_worsens_or_clears_is_a_transition() {
        let mut open = OpenFindings::default();
        let first = vec![
            finding("a", Severity::Warning, "1"),
            finding("b", Severity::Info, "1"),
        ];
        assert_eq!(open.transitions("health.check", &first).len(), 2);
        open.take("c", "health.check", first, at(1));

        let numbers_moved = vec![
            finding("a", Severity::Warning, "2"),
            finding("b", Severity::Info, "2"),
        ];
        assert_eq!(open.transitions("health.check", &numbers_moved), []);
        open.take("c", "health.check", numbers_moved, at(2));

        let worse = vec![finding("a", Severity::Severe, "3")];
        let events = open.transitions("health.check", &worse);
        assert!(
            matches!(
                &events[..],
                [Event::FindingChanged { .. }, Event::FindingCleared { .. }]
            ),
            "{events:?}"
        );
        open.take("c", "health.check", worse, at(3));

        let list = open.list();
        assert_eq!(list.len(), 1);
        assert_eq!(
            (list[0].opened_at, list[0].changed_at, list[0].seen_at),
            (at(1), at(3), at(3))
        );
        assert_eq!(list[0].finding.evidence[0].value, "3");
    }

    #[test]
    fn one_operation_does_not_clear_what_another_found() {
        let mut open = OpenFindings::default();
        open.take(
            "c",
            "health.check",
            vec![finding("a", Severity::Warning, "1")],
            at(1),
        );
        assert_eq!(open.transitions("disk.check", &[]), []);
        open.take("c", "disk.check", Vec::new(), at(2));
        assert_eq!(open.list().len(), 1);
    }

    #[test]
    fn the_worst_and_oldest_stand_first() {
        let mut open = OpenFindings::default();
        open.take("c", "one", vec![finding("late", Severity::Severe, "1")], at(9));
        open.take("c", "two", vec![finding("early", Severity::Severe, "1")], at(1));
        open.take("c", "three", vec![finding("mild", Severity::Info, "1")], at(0));
        let keys: Vec<_> = open.list().into_iter().map(|open| open.finding.key).collect();
        assert_eq!(keys, ["early", "late", "mild"]);
    }
}
