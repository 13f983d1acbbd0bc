//! Names that were meant, when one is not known.

use ringkeeper_sdk::prelude::*;

/// A refusal for a name that is none: it tells the nearest one and those there are.
pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    ringkeeper_sdk::words::unknown(what, name, known, "")
}
