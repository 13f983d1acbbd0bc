//! What is told, as a fold of the stream.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_journal::{Event, Recorded, RunEvent, Version};
use ringkeeper_plan::{Evidence, Finding, Severity};
use ringkeeper_seams::Timestamp;
use serde::Serialize;

/// What a target wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Findings of these severities, when they begin to be so and when they end.
    pub severities: BTreeSet<Severity>,
    /// Plans that wait for a person's word.
    pub approvals: bool,
}

/// What happened, as a target is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// There is something new, or it became as bad as is told.
    FindingOpened,
    /// Something that was told is over, or less bad than is told.
    FindingCleared,
    /// A plan waits for a person's word.
    ApprovalAsked,
    /// Somebody tries whether messages arrive.
    Test,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The event it comes from.
    pub event: Version,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub what: NoticeKind,
    /// What belongs together: `finding/OPERATION/KEY` or `run/RUN`.
    pub thread: String,
    /// How bad it is, or was; none of what is no finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// One sentence.
    pub title: String,
    /// The facts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// Where the reading of a stream stands, and what was told of up to there.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// Findings that are open and of a severity that is told, with it and their sentence.
    told: BTreeMap<String, (Severity, String)>,
}

impl Notices {
    /// The next event: what is to be told of it, if anything is.
    pub fn note(&mut self, wanted: &Wanted, version: Version, recorded: &Recorded) -> Option<Notice> {
        match &recorded.event {
            Event::FindingOpened { operation, finding } | Event::FindingChanged { operation, finding } => {
                let thread = format!("finding/{operation}/{}", finding.key);
                match wanted.severities.contains(&finding.severity) {
                    true => self.open(thread, version, recorded.at, finding),
                    false => self.close(&thread, version, recorded.at),
                }
            }
            Event::FindingCleared { operation, key } => {
                self.close(&format!("finding/{operation}/{key}"), version, recorded.at)
            }
            Event::Run {
                run,
                what: RunEvent::ApprovalAsked { hash, reason, until },
            } if wanted.approvals => Some(Notice {
                event: version,
                at: recorded.at,
                what: NoticeKind::ApprovalAsked,
                thread: format!("run/{run}"),
                severity: None,
                title: format!("Run {run} waits for a person's word until {until}: {reason}"),
                evidence: Vec::new(),
                suggestion: Some(format!(
                    "See it with `ringkeeper runs show {run}`, then approve it with `ringkeeper runs approve {run} --hash {hash}` \
                     or reject it with `ringkeeper runs reject {run}`."
                )),
            }),
            _ => None,
        }
    }

    fn open(&mut self, thread: String, version: Version, at: Timestamp, finding: &Finding) -> Option<Notice> {
        let now = (finding.severity, finding.title.clone());
        let before = self.told.insert(thread.clone(), now);
        if before.is_some_and(|(severity, _)| severity == finding.severity) {
            return None;
        }
        Some(Notice {
            event: version,
            at,
            what: NoticeKind::FindingOpened,
            thread,
            severity: Some(finding.severity),
            title: finding.title.clone(),
            evidence: finding.evidence.clone(),
            suggestion: finding.suggestion.clone(),
        })
    }

    fn close(&mut self, thread: &str, version: Version, at: Timestamp) -> Option<Notice> {
        let (severity, title) = self.told.remove(thread)?;
        Some(Notice {
            event: version,
            at,
            what: NoticeKind::FindingCleared,
            thread: thread.to_owned(),
            severity: Some(severity),
            title,
            evidence: Vec::new(),
            suggestion: None,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;
