//! Licence expressions as packages state them: SPDX, and the older form with `/` for `OR`.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::vec::IntoIter;

/// Whether the expression can be met with allowed licences alone. `AND` binds tighter than `OR`; `A WITH B` is a
/// licence of its own. Nothing when the text is no such expression.
pub(crate) fn permits(text: &str, allowed: &BTreeSet<String>) -> Option<bool> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    let mut reader = Reader {
        words: words.into_iter().peekable(),
        allowed,
    };
    let answer = reader.any()?;
    reader.words.next().is_none().then_some(answer)
}

struct Reader<'a> {
    words: Peekable<IntoIter<String>>,
    allowed: &'a BTreeSet<String>,
}

impl Reader<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut answer = self.all()?;
        while self.takes("OR") {
            answer |= self.all()?;
        }
        Some(answer)
    }

    fn all(&mut self) -> Option<bool> {
        let mut answer = self.one()?;
        while self.takes("AND") {
            answer &= self.one()?;
        }
        Some(answer)
    }

    fn one(&mut self) -> Option<bool> {
        if self.takes("(") {
            let answer = self.any()?;
            return self.takes(")").then_some(answer);
        }
        let mut name = self.name()?;
        if self.takes("WITH") {
            name = format!("{name} WITH {}", self.name()?);
        }
        Some(self.allowed.contains(&name))
    }

    fn name(&mut self) -> Option<String> {
        self.words
            .next()
            .filter(|word| !["AND", "OR", "WITH", "(", ")"].contains(&word.as_str()))
    }

    fn takes(&mut self, word: &str) -> bool {
        self.words.next_if(|next| next == word).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::permits;

    #[test]
    fn reads_expressions_as_packages_state_them() {
        let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]
            .map(str::to_owned)
            .into();
        for (text, expected) in [
            ("MIT", Some(true)),
            ("GPL-3.0-only", Some(false)),
            ("GPL-3.0-only OR MIT", Some(true)),
            ("GPL-3.0-only/MIT", Some(true)),
            ("GPL-3.0-only / MIT", Some(true)),
            ("MIT AND GPL-3.0-only", Some(false)),
            ("MIT OR ISC AND GPL-3.0-only", Some(true)),
            ("(MIT OR ISC) AND GPL-3.0-only", Some(false)),
            ("ISC AND (GPL-3.0-only OR MIT)", Some(true)),
            ("Apache-2.0 WITH LLVM-exception", Some(true)),
            ("Apache-2.0", Some(false)),
            ("", None),
            ("MIT OR", None),
            ("(MIT", None),
            ("MIT)", None),
            ("MIT ISC", None),
            ("MIT WITH", None),
        ] {
            assert_eq!(permits(text, &allowed), expected, "{text:?}");
        }
    }
}
