//! How far tables are repaired.

use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A table's repairs. `GET /api/v1/clusters/{cluster}/repairs?keyspace=K`, the most urgent first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageRow {
    /// The keyspace.
    pub keyspace: String,
    /// The table.
    pub table: String,
    /// Percent of its replicated ranges that are known to be repaired within gc_grace, 0 to 100.
    pub covered_percent: f64,
    /// When the repair of the range that waits longest began; none while a range was never repaired, as far as is known.
    pub repaired_at: Option<Timestamp>,
    /// When any range was last repaired.
    pub last_repair_at: Option<Timestamp>,
    /// Who did those: `ringkeeper`, `other`; both where both did.
    pub repaired_by: Vec<String>,
    /// How long its tombstones are kept.
    pub gc_grace_seconds: u64,
    /// Seconds until the range that waits longest passes gc_grace; below zero when it has; none while it was never
    /// repaired.
    pub left_seconds: Option<i64>,
    /// The range that waits longest, as `(start, end]`.
    pub oldest_range: Option<String>,
}
