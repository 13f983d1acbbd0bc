//! The audit log: who had what done by whom, in a chain that shows where it was tampered with.
//!
//! The picture to keep in mind: every event that changes something, decides something or says who decided has a record of
//! its own, written in the event's own transaction and never again. A record's hash is SHA-256 of the hash before it, a
//! line feed and the record as it was written; so one hash, the **head**, stands for everything up to it. Records are
//! sealed into segments, whose hash is that of their last record. What is derived from an event is decided in
//! [`derive`]; that it all fits together is checked by [`AuditCheck`], on the journal and on exported files alike.

use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{EffectId, RunId, Version};

mod check;
mod derive;
mod file;

pub use check::{AuditBroken, AuditCheck};
pub(crate) use derive::{RunContext, record};
pub use file::{audit_line, read_audit_file};

/// Records that make a segment, where a day does not make it earlier.
pub const AUDIT_SEGMENT_RECORDS: u64 = 1_000;

/// A record as it is kept: its text is what was hashed, so it is never written anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counts the records of a journal, from 1, without a gap.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// The hash up to and with this record: 64 hexadecimal digits.
    pub hash: String,
    /// The [`AuditRecord`] as JSON.
    pub body: String,
}

/// The hash of the newest record, which stands for all before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of the newest record; 0 before the first.
    pub number: u64,
    /// Its hash.
    pub hash: String,
}

impl Default for AuditHead {
    /// Before the first record: all digits are 0.
    fn default() -> Self {
        Self {
            number: 0,
            hash: "0".repeat(64),
        }
    }
}

/// Records that belong together, and to which none is added any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditSegment {
    /// Counts segments, from 1, without a gap.
    pub segment: u64,
    /// The number of its first record.
    pub first: u64,
    /// The number of its last record.
    pub last: u64,
    /// The hash of the segment before it; all 0 for the first.
    pub before: String,
    /// Its hash: that of its last record.
    pub hash: String,
    /// When it was sealed.
    pub sealed_at: Timestamp,
}

/// A segment, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSegment {
    /// The segment.
    pub segment: AuditSegment,
    /// When it was exported; none where it was not.
    pub exported_at: Option<Timestamp>,
    /// Whether its records were removed since.
    pub is_pruned: bool,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditKind {
    /// A host took the stream over.
    HostStarted,
    /// A run was opened.
    RunOpened,
    /// A run was paused, resumed or is being cancelled.
    RunState,
    /// A person was asked.
    ApprovalAsked,
    /// A person approved it.
    Approved,
    /// A person rejected it, or nobody said a word in time.
    Rejected,
    /// Another plan took the place of the one before.
    Replanned,
    /// A step said what is to follow it.
    Extended,
    /// A call is about to be made.
    Intended,
    /// A part of a call is about to be made.
    Calling,
    /// The answer to a call was lost.
    InDoubt,
    /// A call came to its end.
    Ended,
    /// What a call took away is there again.
    Undone,
    /// What a call took away cannot be brought back now.
    UndoFails,
    /// A plugin asked for what its step must not do, and was refused.
    Refused,
    /// A plugin broke.
    PluginBroke,
    /// A run ended.
    RunClosed,
    /// A cluster was frozen.
    Frozen,
    /// A freeze was lifted.
    Unfrozen,
    /// A schedule was changed.
    ScheduleChanged,
    /// A token for an agent was made.
    AgentToken,
    /// An agent was enrolled.
    AgentEnrolled,
    /// An agent got its next certificate.
    AgentRenewed,
    /// An agent is not known any more.
    AgentRevoked,
    /// A version of a plugin was handed over, approved, taken back, parked or resumed.
    PluginVersion,
    /// A token for the network was made.
    TokenMade,
    /// A token for the network lets nobody in any more.
    TokenRevoked,
}

impl AuditKind {
    /// The word for it, as it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HostStarted => "host-started",
            Self::RunOpened => "run-opened",
            Self::RunState => "run-state",
            Self::ApprovalAsked => "approval-asked",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Replanned => "replanned",
            Self::Extended => "extended",
            Self::Intended => "intended",
            Self::Calling => "calling",
            Self::InDoubt => "in-doubt",
            Self::Ended => "ended",
            Self::Undone => "undone",
            Self::UndoFails => "undo-fails",
            Self::Refused => "refused",
            Self::PluginBroke => "plugin-broke",
            Self::RunClosed => "run-closed",
            Self::Frozen => "frozen",
            Self::Unfrozen => "unfrozen",
            Self::ScheduleChanged => "schedule-changed",
            Self::AgentToken => "agent-token",
            Self::AgentEnrolled => "agent-enrolled",
            Self::AgentRenewed => "agent-renewed",
            Self::AgentRevoked => "agent-revoked",
            Self::PluginVersion => "plugin-version",
            Self::TokenMade => "token-made",
            Self::TokenRevoked => "token-revoked",
        }
    }
}

/// The plugin that had something done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPlugin {
    /// Its name in the configuration.
    pub name: String,
    /// BLAKE3 of its component.
    pub digest: String,
    /// Its version, as it says itself; none where nobody noted it, and in records of steps and calls: the one that opened
    /// the run, or planned it anew, says it of the same digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Who signed it; none where nobody is known to have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// SHA-256 of what it was granted, as a JSON list.
    pub grants: String,
}

/// One record. The stored form is JSON; a field is never renamed, and what is none or empty is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// Its place in the chain, from 1.
    pub number: u64,
    /// When, by the host's clock.
    pub at: Timestamp,
    /// The cluster, or [`crate::AGENTS`].
    pub cluster: String,
    /// The version of the event that it was made of.
    pub event: Version,
    /// What it is about.
    pub what: AuditKind,
    /// The run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The attempt at the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// The call's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<EffectId>,
    /// The call in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// BLAKE3 of call and arguments, in canonical form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_digest: Option<String>,
    /// Where the call is made to, or the node of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Host ids of the nodes that the step holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<String>,
    /// The plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<AuditPlugin>,
    /// Who asked for it; none where nobody did or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// Who approved it: a person, or `policy` where the policy asks for nobody's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// The hash of the plan, or of what was approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// What happened, in a person's words; empty where the kind says it all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// The hash of a record behind another one.
#[must_use]
pub fn audit_hash(before: &str, body: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(before.as_bytes());
    hash.update(b"\n");
    hash.update(body.as_bytes());
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl AuditHead {
    /// Puts a record behind what there is: it gets its number and its hash.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(crate) fn link(&mut self, mut record: AuditRecord) -> Result<AuditRow, serde_json::Error> {
        record.number = self.number + 1;
        let body = serde_json::to_string(&record)?;
        let hash = audit_hash(&self.hash, &body);
        self.number = record.number;
        self.hash.clone_from(&hash);
        Ok(AuditRow {
            number: record.number,
            at: record.at,
            hash,
            body,
        })
    }

    /// The segment that ends here, behind the newest one there is; none where nothing came since.
    pub(crate) fn seal(&self, newest: Option<&AuditSegment>, at: Timestamp) -> Option<AuditSegment> {
        let start = Self::default();
        let (segment, last, before) = newest.map_or((0, 0, start.hash.as_str()), |newest| {
            (newest.segment, newest.last, newest.hash.as_str())
        });
        (self.number > last).then(|| AuditSegment {
            segment: segment + 1,
            first: last + 1,
            last: self.number,
            before: before.to_owned(),
            hash: self.hash.clone(),
            sealed_at: at,
        })
    }
}
