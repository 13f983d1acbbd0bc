//! Names that were meant, when one is not known.

use ringkeeper_sdk::prelude::*;

use crate::words::list_of;

/// More names than this are no help.
const MOST_SHOWN: usize = 20;
/// As near as a slip of the fingers.
const NEAR_ENOUGH: f64 = 0.7;

/// A refusal for a name that is none: it tells the nearest one and those there are.
pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    let known: Vec<&str> = known.collect();
    let meant = nearest(name, known.iter().copied());
    let meant = meant.map_or_else(String::new, |meant| format!(" Did you mean `{meant}`?"));
    let there_are = list_of(&known, MOST_SHOWN);
    let message = format!("There is no {what} `{name}`.{meant} There are: {there_are}.");
    Refusal::new(Fault::InvalidParameters, message)
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}
