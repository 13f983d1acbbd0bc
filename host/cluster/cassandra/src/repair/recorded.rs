//! Repairs as tables remember them, row by row, each row as the JSON that Cassandra makes of it.

mod coordinated;
mod parent;

use std::collections::BTreeSet;

use ringkeeper_cluster::RecordedRepair;
use ringkeeper_ring::TokenRange;
use thiserror::Error;

use super::range::{self, ParseRangeError};

/// A table that remembers repairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// `system_views.repairs`: what one node coordinates or coordinated since it started. From 4.1 on.
    Coordinated,
    /// `system_distributed.parent_repair_history`: what the whole cluster repaired in the last 30 days.
    Parents,
}

/// Why a row makes no sense.
#[derive(Debug, Error)]
pub(crate) enum RowError {
    #[error("not the columns of a repair: {0}")]
    Columns(#[from] serde_json::Error),
    #[error("not the ranges of a repair: {0}")]
    Range(#[from] ParseRangeError),
}

impl Record {
    /// The query for its rows.
    pub(crate) const fn query(self) -> &'static str {
        match self {
            Self::Coordinated => coordinated::QUERY,
            Self::Parents => parent::QUERY,
        }
    }

    /// Reads a row; none where it is of no repair that began.
    ///
    /// # Errors
    /// When it is not what Cassandra writes.
    pub(crate) fn read(self, row: &str) -> Result<Option<RecordedRepair>, RowError> {
        match self {
            Self::Coordinated => coordinated::read(row).map(Some),
            Self::Parents => parent::read(row),
        }
    }
}

/// Ranges in token order. Of no ranges Cassandra makes one empty text.
fn ranges<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<Vec<TokenRange>, ParseRangeError> {
    let mut ranges = texts
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(|text| range::parse(text))
        .collect::<Result<Vec<_>, _>>()?;
    ranges.sort_unstable();
    Ok(ranges)
}

/// Whether each of `asked` is among `repaired`, both in token order.
fn all_repaired(asked: &[TokenRange], repaired: &[TokenRange]) -> bool {
    let repaired: BTreeSet<&TokenRange> = repaired.iter().collect();
    asked.iter().all(|range| repaired.contains(range))
}

#[cfg(test)]
mod tests;
