//! Consistency levels, and how many replicas each needs.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A consistency level of reads and writes, spelled as in CQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsistencyLevel {
    /// One replica.
    One,
    /// Two replicas.
    Two,
    /// Three replicas.
    Three,
    /// More than half of all replicas.
    Quorum,
    /// More than half of the replicas in the coordinator's data centre.
    LocalQuorum,
    /// More than half in every data centre.
    EachQuorum,
    /// Every replica.
    All,
    /// As QUORUM, for lightweight transactions.
    Serial,
    /// As LOCAL_QUORUM, for lightweight transactions.
    LocalSerial,
}

impl ConsistencyLevel {
    /// Every level, weakest first.
    pub const EVERY: [Self; 9] = [
        Self::One,
        Self::Two,
        Self::Three,
        Self::LocalQuorum,
        Self::LocalSerial,
        Self::Quorum,
        Self::Serial,
        Self::EachQuorum,
        Self::All,
    ];

    /// The level's name in CQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "ONE",
            Self::Two => "TWO",
            Self::Three => "THREE",
            Self::Quorum => "QUORUM",
            Self::LocalQuorum => "LOCAL_QUORUM",
            Self::EachQuorum => "EACH_QUORUM",
            Self::All => "ALL",
            Self::Serial => "SERIAL",
            Self::LocalSerial => "LOCAL_SERIAL",
        }
    }
}

impl fmt::Display for ConsistencyLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ConsistencyLevel {
    type Err = ParseConsistencyLevelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::EVERY
            .into_iter()
            .find(|level| level.name() == text)
            .ok_or_else(|| ParseConsistencyLevelError(text.to_owned()))
    }
}

/// A text that is no consistency level.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not a consistency level (ONE, TWO, THREE, QUORUM, LOCAL_QUORUM, EACH_QUORUM, ALL, SERIAL, LOCAL_SERIAL)"
)]
pub struct ParseConsistencyLevelError(pub String);
