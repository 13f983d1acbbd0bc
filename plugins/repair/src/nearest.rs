//! Names that were meant, when one is not known.

use ringkeeper_sdk::prelude::*;

/// A refusal for a name that is none: it tells the nearest one and those there are.
pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    ringkeeper_sdk::words::unknown(what, name, known, " that can be repaired")
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
