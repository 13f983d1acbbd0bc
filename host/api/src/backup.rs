//! Copies of the journal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a copy of the journal is to be written. `POST /api/v1/journal/backup`; answers a [`BackupAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRequest {
    /// An absolute path on the host's machine. Nothing may be there yet.
    pub file: String,
}

/// A copy of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupAnswer {
    /// Where it is.
    pub file: String,
    /// How large it is.
    pub size_bytes: u64,
}
