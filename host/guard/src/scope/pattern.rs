//! Names by a pattern.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A name, in which each `*` stands for any number of characters, also none. Case matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern as it is written.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a name is one of those meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let Some((head, rest)) = self.0.split_once('*') else {
            return self.0 == name;
        };
        let Some(mut left) = name.strip_prefix(head) else {
            return false;
        };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let tail = parts.pop().unwrap_or_default();
        // The first place where a part fits leaves most for those behind it.
        for part in parts {
            match left.split_once(part) {
                Some((_, behind)) => left = behind,
                None => return false,
            }
        }
        left.ends_with(tail)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_stands_for_any_number_of_characters() {
        for (pattern, fits, does_not) in [
            ("shop", &["shop"][..], &["shops", "sho", "", "SHOP"][..]),
            ("shop_*", &["shop_eu", "shop_"], &["shop", "myshop_eu"]),
            ("*", &["", "shop"], &[]),
            ("*_eu", &["shop_eu", "_eu"], &["shop_eu2", "eu"]),
            ("a*b*a", &["aba", "axxbyya", "abba"], &["ab", "aa", "ba"]),
            ("a*a", &["aa", "aba"], &["a"]),
            ("shop.o*", &["shop.orders"], &["shopXorders", "shop.lines"]),
        ] {
            let pattern = Pattern::new(pattern);
            assert!(fits.iter().all(|name| pattern.matches(name)), "{pattern}");
            assert!(!does_not.iter().any(|name| pattern.matches(name)), "{pattern}");
        }
    }

    /// The same by its definition: a star takes one character more, or none.
    fn by_definition(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern.split_first(), name.split_first()) {
            (None, None) => true,
            (Some((b'*', behind)), _) if by_definition(behind, name) => true,
            (Some((b'*', _)), Some((_, rest))) => by_definition(pattern, rest),
            (Some((one, behind)), Some((other, rest))) => one == other && by_definition(behind, rest),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_mean_what_their_definition_says(pattern in "[ab*]{0,6}", name in "[ab]{0,8}") {
            let expected = by_definition(pattern.as_bytes(), name.as_bytes());
            prop_assert_eq!(Pattern::new(pattern).matches(&name), expected);
        }
    }
}
