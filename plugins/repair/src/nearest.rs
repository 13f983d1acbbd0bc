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
    let there_are = if known.is_empty() {
        format!("There is no {what} at all that can be repaired.")
    } else {
        format!("There are: {}.", list_of(&known, MOST_SHOWN))
    };
    let message = format!("There is no {what} `{name}`.{meant} {there_are}");
    Refusal::new(Fault::InvalidParameters, message)
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::normalized_damerau_levenshtein(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_leads_to_the_name_that_was_meant() {
        let refusal = unknown("keyspace", "shpo", ["shop", "logs"].into_iter());
        assert_eq!(
            refusal.message,
            "There is no keyspace `shpo`. Did you mean `shop`? There are: shop and logs."
        );
    }

    #[test]
    fn many_names_are_cut_short() {
        let names: Vec<String> = (0..100).map(|number| format!("keyspace_{number}")).collect();
        let refusal = unknown("keyspace", "other", names.iter().map(String::as_str));
        assert!(
            refusal.message.ends_with("keyspace_18 and 81 more."),
            "{}",
            refusal.message
        );
    }
}
