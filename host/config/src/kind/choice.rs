//! One word of a few.

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::nearest::nearest;
use crate::reading::Reading;

/// A closed set of words.
pub(crate) trait Word: Copy + Sync + 'static {
    /// All of them, in the order of the reference.
    const EVERY: &'static [Self];
    /// The word in the file.
    fn word(self) -> &'static str;
}

/// One of the words of `W`.
pub(crate) struct Choice<W>(pub(crate) std::marker::PhantomData<W>);

impl<W: Word> Choice<W> {
    /// The choice among all words of `W`.
    pub(crate) const OF_ALL: Self = Self(std::marker::PhantomData);

    fn words() -> impl Iterator<Item = &'static str> {
        W::EVERY.iter().map(|word| word.word())
    }
}

impl<W: Word> Kind for Choice<W> {
    type Value = W;

    fn expects(&self) -> String {
        let words: Vec<_> = Self::words().map(quoted).collect();
        format!("one of {}", words.join(", "))
    }

    fn schema(&self) -> Json {
        json!({ "enum": Self::words().collect::<Vec<_>>() })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<W> {
        let text = node.text(reading, self.expects())?;
        let found = W::EVERY.iter().copied().find(|word| word.word() == text);
        if found.is_none() {
            node.wrong(reading, unknown_word(text, Self::words()));
        }
        found
    }

    fn show(&self, value: &W) -> String {
        quoted(value.word())
    }
}

/// A word that is none of `known`.
pub(super) fn unknown_word<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let known: Vec<_> = known.collect();
    Fault::UnknownWord {
        value: text.to_owned(),
        nearest: nearest(text, known.iter().copied()).map(str::to_owned),
        known: known.into_iter().map(str::to_owned).collect(),
    }
}
