//! The impacts of work that windows and freezes can hold up.

use std::collections::BTreeSet;

use crate::ScheduleError;

/// Work that changes something and takes nothing away.
pub const CHANGE: &str = "change";

/// Work that takes a node or a service of it away.
pub const DISRUPT: &str = "disrupt";

/// Every impact that can be held up. Work that only looks never is.
pub const IMPACTS: [&str; 2] = [CHANGE, DISRUPT];

/// Refuses a word that is none of [`IMPACTS`].
pub(super) fn check(impacts: &BTreeSet<String>) -> Result<(), ScheduleError> {
    match impacts.iter().find(|word| !IMPACTS.contains(&word.as_str())) {
        None => Ok(()),
        Some(word) => Err(ScheduleError::Impact { word: word.clone() }),
    }
}
