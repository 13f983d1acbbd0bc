//! Why a session gave no rows.

use scylla::deserialize::TypeCheckError;
use scylla::errors::{NextRowError, PagerExecutionError};
use thiserror::Error;

use crate::repair::recorded::RowError;

/// Why something could not be read; a predicate to the thing's name.
#[derive(Debug, Error)]
pub(super) enum ReadError {
    #[error("could not be read: {0}")]
    Query(#[from] PagerExecutionError),
    #[error("could not be read to its end: {0}")]
    Row(#[from] NextRowError),
    #[error("has columns of other types: {0}")]
    Types(#[from] TypeCheckError),
    #[error("has a row that makes no sense: {0}")]
    Sense(#[from] RowError),
    #[error("has more than {0} rows")]
    TooMany(usize),
    #[error("could not be read: the node does not say its version")]
    NoRelease,
}
