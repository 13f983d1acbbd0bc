//! Findings that are open.

use ringkeeper_plan::Finding;
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A finding that is open now. `GET /api/v1/findings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenFinding {
    /// The cluster it is about.
    pub cluster: String,
    /// The operation that found it; `host` where the host itself did.
    pub operation: String,
    /// When it was first seen.
    pub opened_at: Timestamp,
    /// When its severity last changed; the same as `opened_at` if never.
    pub changed_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
    /// The finding as last seen.
    pub finding: Finding,
}
