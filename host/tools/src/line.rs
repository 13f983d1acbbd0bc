//! Release lines of Cassandra.

use std::fmt;

use serde::Serialize;

/// A release line of Cassandra that tools are known of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Line {
    /// 4.0.
    #[serde(rename = "4.0")]
    V4_0,
    /// 4.1.
    #[serde(rename = "4.1")]
    V4_1,
    /// 5.0.
    #[serde(rename = "5.0")]
    V5_0,
}

impl Line {
    /// Every line, oldest first.
    pub const EVERY: [Self; 3] = [Self::V4_0, Self::V4_1, Self::V5_0];

    /// The line of a version such as `5.0.5`; none where its tools are not known.
    #[must_use]
    pub fn of(version: &str) -> Option<Self> {
        let mut parts = version.split(['.', '-']);
        match (parts.next()?, parts.next()?) {
            ("4", "0") => Some(Self::V4_0),
            ("4", "1") => Some(Self::V4_1),
            ("5", "0") => Some(Self::V5_0),
            _ => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::V4_0 => "4.0",
            Self::V4_1 => "4.1",
            Self::V5_0 => "5.0",
        })
    }
}
