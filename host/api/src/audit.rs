//! The audit log.

use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which records are asked for. `GET /api/v1/audit`; answers [`AuditRow`]s, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditQuestion {
    /// Of this run only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Not before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The newest so many, 10,000 at most; 100 where it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<usize>,
}

/// A record of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditRow {
    /// Its place in the chain, from 1.
    pub number: u64,
    /// When, by the host's clock.
    pub at: Timestamp,
    /// The cluster, or `@agents`.
    pub cluster: String,
    /// What it is about, such as `intended` or `approved`.
    pub what: String,
    /// The run; none where it is about none.
    pub run: Option<String>,
    /// The step.
    pub step: Option<String>,
    /// The attempt at the step, from 1.
    pub attempt: Option<u32>,
    /// The call's name.
    pub effect: Option<String>,
    /// The call in words.
    pub call: Option<String>,
    /// BLAKE3 of call and arguments.
    pub call_digest: Option<String>,
    /// Where the call is made to, or the node of an agent.
    pub node: Option<String>,
    /// Host ids of the nodes that the step holds.
    pub nodes: Vec<String>,
    /// The plugin's name.
    pub plugin: Option<String>,
    /// BLAKE3 of its component.
    pub plugin_digest: Option<String>,
    /// Its version, as it says itself; none where nobody noted it, and in records of steps and calls: the one that opened
    /// the run, or planned it anew, says it of the same digest.
    pub plugin_version: Option<String>,
    /// Who signed it; none where nobody is known to have.
    pub signer: Option<String>,
    /// SHA-256 of what it was granted.
    pub grants_digest: Option<String>,
    /// Who asked for it.
    pub asked_by: Option<String>,
    /// Who approved it: a person, or `policy`.
    pub approved_by: Option<String>,
    /// The hash of the plan, or of what was approved.
    pub plan: Option<String>,
    /// What happened, in words.
    pub detail: String,
    /// SHA-256 of the hash before it and the record.
    pub hash: String,
}

/// How a check of the audit log ended. `GET /api/v1/audit/verify?head=HASH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditVerdict {
    /// The first record that is there; those before it were exported and removed.
    pub first: u64,
    /// How many fit, from there on.
    pub records: u64,
    /// The last record that fits.
    pub last: u64,
    /// Its hash: the head, where all fit.
    pub head: String,
    /// The record that the hash asked for stands for; none where none was asked for or found.
    pub head_of: Option<u64>,
    /// Where the chain is broken; none where it is whole.
    pub problem: Option<String>,
}

/// A segment of the audit log. `GET /api/v1/audit/segments`; `POST /api/v1/audit/seal` seals what is open and answers the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditSegmentRow {
    /// Counts segments, from 1.
    pub segment: u64,
    /// Its first record.
    pub first: u64,
    /// Its last record.
    pub last: u64,
    /// Its hash: that of its last record.
    pub hash: String,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// When it was exported; none where it was not.
    pub exported_at: Option<Timestamp>,
    /// Whether its records were removed since.
    pub is_pruned: bool,
}

/// A segment with its records. `GET /api/v1/audit/segments/{segment}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditSegmentText {
    /// The segment.
    pub segment: u64,
    /// Its file: a line that describes it, and a line for each record.
    pub text: String,
}

/// That a segment was exported. `POST /api/v1/audit/segments/{segment}/exported`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditExported {
    /// The hash of what was exported.
    pub hash: String,
}

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditExportRow {
    /// The segment.
    pub segment: u64,
    /// Its file.
    pub file: String,
    /// How many records it has.
    pub records: u64,
    /// Its hash.
    pub hash: String,
    /// Whether the file was there already, as it should be.
    pub was_there: bool,
}
