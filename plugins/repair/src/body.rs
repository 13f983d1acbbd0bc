//! What a step keeps for its execution. A plan of a large cluster has tens of thousands of them, so they say what the
//! schema knows anyway by its name alone: `except` nothing is all tables.

use ringkeeper_ring::{Token, TokenRange};
use ringkeeper_sdk::prelude::*;

use crate::parameters::Parallelism;

/// What a step repairs, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// Piece after piece.
    pub(crate) pieces: Vec<Piece>,
    /// Data centres whose replicas take part; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) data_centres: Vec<String>,
    /// Patterns that every table of `except` fits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) include: Vec<String>,
    /// Patterns that no table of `except` fits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) exclude: Vec<String>,
    /// As the parameter.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) parallelism: Parallelism,
    /// As the parameter.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(crate) threads: u32,
}

/// Some tables of one keyspace on some ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Piece {
    /// The keyspace.
    pub(crate) keyspace: String,
    /// Which of its tables.
    pub(crate) tables: Tables,
    /// How many these are, as planned.
    pub(crate) count: u32,
    /// The sum of their hashes, as planned.
    pub(crate) digest: u64,
    /// First token before, and last token of each range.
    pub(crate) ranges: Vec<[i64; 2]>,
    /// In how many commands.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(crate) commands: u32,
}

/// Tables of a keyspace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tables {
    /// Those that the patterns of the body leave, without these.
    Except(Vec<String>),
    /// These.
    Only(Vec<String>),
}

impl Piece {
    /// Its ranges.
    pub(crate) fn token_ranges(&self) -> Vec<TokenRange> {
        self.ranges
            .iter()
            .map(|[start, end]| TokenRange::new(Token::new(*start), Token::new(*end)))
            .collect()
    }
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes every field so")]
const fn is_one(number: &u32) -> bool {
    *number == 1
}

fn is_default(parallelism: &Parallelism) -> bool {
    *parallelism == Parallelism::default()
}
