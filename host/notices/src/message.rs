//! What goes out: one message for all that is new.

use std::fmt::{self, Write as _};

use ringkeeper_journal::{AuditHead, Version};
use ringkeeper_seams::Timestamp;
use serde::Serialize;

use crate::{Notice, NoticeKind};

/// Notices that a message spells out; of more it says how many there are.
const MOST: usize = 50;

/// Names a message: `<cluster>-<first event>-<last event>-<milliseconds since 1970 of the first>`. The same however often it is
/// sent, and another one after the journal was lost and events are counted anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct MessageId(pub String);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A message to one target about one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// The cluster.
    pub cluster: String,
    /// What is told, oldest first, 50 at most.
    pub notices: Vec<Notice>,
    /// How many more there are.
    pub left_out: usize,
    /// The head of the audit log when it was sent.
    pub audit_head: Head,
}

/// The head of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The newest record.
    pub record: u64,
    /// Its hash.
    pub hash: String,
}

impl Message {
    /// A message about these notices; none where there are none.
    pub(crate) fn about(cluster: &str, mut notices: Vec<Notice>, head: AuditHead) -> Option<Self> {
        let (first, last) = (notices.first()?, notices.last()?);
        let id = format!(
            "{cluster}-{}-{}-{}",
            first.event,
            last.event,
            first.at.as_millis()
        );
        let left_out = notices.len().saturating_sub(MOST);
        notices.truncate(MOST);
        Some(Self {
            id: MessageId(id),
            cluster: cluster.to_owned(),
            notices,
            left_out,
            audit_head: Head {
                record: head.number,
                hash: head.hash,
            },
        })
    }

    /// A message by which somebody tries whether messages arrive.
    #[must_use]
    pub fn test(target: &str, now: Timestamp) -> Self {
        let head = AuditHead::default();
        Self {
            id: MessageId(format!("test-{target}-{}", now.as_millis())),
            cluster: "test".to_owned(),
            notices: vec![Notice {
                event: Version(0),
                at: now,
                what: NoticeKind::Test,
                thread: format!("test/{target}"),
                severity: None,
                title: format!("This is how {target} is told. Nothing is wrong."),
                evidence: Vec::new(),
                suggestion: None,
            }],
            left_out: 0,
            audit_head: Head {
                record: head.number,
                hash: head.hash,
            },
        }
    }

    /// One line.
    #[must_use]
    pub fn subject(&self) -> String {
        let Some(first) = self.notices.first() else {
            return self.cluster.clone();
        };
        let more = match self.notices.len() + self.left_out {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        format!("[{}] {}: {}{more}", self.cluster, word(first), first.title)
    }

    /// All of it, as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for notice in &self.notices {
            let _ = writeln!(text, "{}: {}\n  {}", word(notice), notice.title, notice.at);
            for fact in &notice.evidence {
                let limit = fact.limit.as_ref();
                let limit = limit.map(|limit| format!(" (limit {limit})")).unwrap_or_default();
                let _ = writeln!(text, "  {}: {}{limit}", fact.name, fact.value);
            }
            if let Some(suggestion) = &notice.suggestion {
                let _ = writeln!(text, "  {suggestion}");
            }
            text.push('\n');
        }
        if self.left_out > 0 {
            let _ = writeln!(text, "And {} more: see `ringkeeper findings`.\n", self.left_out);
        }
        let Head { record, hash } = &self.audit_head;
        let _ = writeln!(
            text,
            "Cluster {}. Head of the audit log: record {record}, {hash}",
            self.cluster
        );
        text
    }

    /// All of it, as HTML.
    #[must_use]
    pub fn html(&self) -> String {
        format!(
            "<!DOCTYPE html><html><body><pre style=\"font-family:inherit;white-space:pre-wrap\">{}</pre></body></html>\n",
            escaped(&self.text())
        )
    }
}

fn word(notice: &Notice) -> String {
    match (notice.what, notice.severity) {
        (NoticeKind::FindingOpened, Some(severity)) => severity.to_string(),
        (NoticeKind::FindingOpened, None) => "found".to_owned(),
        (NoticeKind::FindingCleared, _) => "over".to_owned(),
        (NoticeKind::ApprovalAsked, _) => "to be approved".to_owned(),
        (NoticeKind::Test, _) => "test".to_owned(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
