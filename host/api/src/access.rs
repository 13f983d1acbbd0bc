//! Who may ask the host over the network, and what.

use std::fmt;
use std::str::FromStr;

use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What may be asked. Each may everything that those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks at everything, and changes nothing.
    Viewer,
    /// Plans, runs, approves, pauses and cancels; sets schedules and freezes.
    Operator,
    /// Says who may ask: tokens and agents; copies the journal.
    Admin,
}

impl Role {
    /// Every role, the one that may least first.
    pub const EVERY: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let role = Self::EVERY.into_iter().find(|role| role.name() == text);
        role.ok_or_else(|| "a role is viewer, operator or admin".to_owned())
    }
}

/// A token for the network is to be made. `POST /api/v1/tokens`; answers an [`AccessTokenAnswer`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessTokenRequest {
    /// What it is called: who asks with it is `token NAME`. 1 to 64 of the characters `a-z`, `0-9`, `.`, `_` and `-`.
    pub name: String,
    /// What may be asked with it.
    pub role: Role,
    /// How long it may be used, in seconds; 90 days where nothing is said.
    #[serde(default)]
    pub lifetime_seconds: Option<u64>,
}

/// A token for the network, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessTokenAnswer {
    /// What it is called.
    pub name: String,
    /// What may be asked with it.
    pub role: Role,
    /// The token: a secret. The host keeps a hash alone.
    pub token: String,
    /// Until when it may be used.
    pub expires_at: Timestamp,
}

/// Whether a token may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccessTokenState {
    /// It may.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

/// A token for the network, without its secret. `GET /api/v1/tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AccessTokenRow {
    /// What it is called.
    pub name: String,
    /// What may be asked with it.
    pub role: Role,
    /// Whether it may be used.
    pub state: AccessTokenState,
    /// When it was made.
    pub made_at: Timestamp,
    /// Who made it.
    pub made_by: String,
    /// Until when it may be used; none where it does not end by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was last used; to the day for uses before the host's last start.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it, and why where a reason was given.
    pub revoked: Option<String>,
}
