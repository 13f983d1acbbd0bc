//! Which keys belong to which kind of a fault or goal.

use crate::key::Section;
use crate::kind::Word;
use crate::reading::{Reading, Table};

use super::ScenarioFault;

/// Whether a key belongs to a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It must be given.
    Needed,
    /// It may be given.
    Possible,
    /// It would mean nothing.
    Unfit,
}

/// A kind with keys of its own.
pub(super) trait Fits: Word + PartialEq {
    /// Every key that does not belong to all kinds.
    const KEYS: &'static [&'static str];

    /// How a key of these fits.
    fn fit(self, key: &str) -> Fit;
}

/// Notes every key of the table that does not belong to the kind, and every one that it lacks.
pub(super) fn judge<K: Fits>(kind: K, table: &Table<'_>, reading: &mut Reading<'_>, section: &Section) {
    let expects = |key: &str| {
        let entry = section.keys.iter().find(|entry| entry.name() == key);
        entry.map_or_else(String::new, |entry| entry.expects())
    };
    for key in K::KEYS.iter().copied() {
        let fault = match (kind.fit(key), table.has(key)) {
            (Fit::Unfit, true) => {
                let fits = K::EVERY.iter().filter(|kind| kind.fit(key) != Fit::Unfit);
                ScenarioFault::UnfitKey {
                    key,
                    kind: kind.word(),
                    fits: fits.map(|kind| kind.word()).collect(),
                }
            }
            (Fit::Needed, false) => ScenarioFault::LackingKey {
                key,
                kind: kind.word(),
                expects: expects(key),
            },
            _ => continue,
        };
        table.wrong(reading, key, fault.into());
    }
}
