//! How a sample is changed.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::{Index, select};
use proptest::strategy::Union;

/// Words that have meant something to some reader.
const WORDS: [&str; 30] = [
    "\0",
    "\u{feff}",
    "\u{202e}",
    "\u{1b}[2J",
    "é",
    "\r\n",
    "\n\n",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "'",
    "`",
    "{}",
    "[]",
    "null",
    "-1",
    "-0",
    "1e999",
    "NaN",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999d",
    "0x",
    "9999-12-31T23:59:59Z",
    "-9999-01-01",
    "../..",
    "[::1]:99999",
    "${HOME}",
    "%00",
];
/// What can stand inside of itself, with its end.
const NESTS: [(&str, &str); 5] = [
    ("[", "]"),
    ("{\"a\":", "}"),
    ("(", ")"),
    ("<a>", "</a>"),
    ("- ", ""),
];
/// Largest input.
const LARGEST: usize = 64 << 10;

/// What a reader is fed with; shown as the text that it is.
#[derive(Clone)]
pub(crate) struct Input(pub(crate) Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// One change of a text.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Flip(Index, u32),
    Cut(Index, usize),
    End(Index),
    Insert(Index, Vec<u8>),
    Word(Index, &'static str),
    /// A piece of another sample.
    Splice(Index, Vec<u8>),
    /// A piece of the text, again and again.
    Repeat(Index, usize, usize),
    Nest(Index, (&'static str, &'static str), usize),
}

/// Samples with up to eight changes; every sixth input is noise.
pub(crate) fn inputs(samples: &[&[u8]]) -> impl Strategy<Value = Input> + use<> {
    let samples: Vec<Vec<u8>> = samples.iter().map(|sample| sample.to_vec()).collect();
    let noise = vec(any::<u8>(), 0..400).boxed();
    let letters = "[ -~\\n]{0,200}".prop_map(String::into_bytes).boxed();
    let noise = Union::new_weighted(vec![(1, noise), (1, letters)]);
    if samples.is_empty() {
        return noise.prop_map(Input).boxed();
    }
    let changed = (select(samples.clone()), vec(change(samples), 1..8))
        .prop_map(|(sample, changes)| changes.iter().fold(sample, |text, change| change.make(text)));
    prop_oneof![5 => changed, 1 => noise].prop_map(Input).boxed()
}

fn change(samples: Vec<Vec<u8>>) -> impl Strategy<Value = Change> {
    let place = any::<Index>;
    let piece = (select(samples), place(), 1..200_usize).prop_map(|(sample, from, length)| {
        let from = from.index(sample.len().max(1));
        sample.into_iter().skip(from).take(length).collect::<Vec<u8>>()
    });
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, value)| Change::Set(at, value)),
        (place(), 0..8_u32).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (place(), 1..64_usize).prop_map(|(at, length)| Change::Cut(at, length)),
        place().prop_map(Change::End),
        (place(), vec(any::<u8>(), 1..16)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), select(&WORDS[..])).prop_map(|(at, word)| Change::Word(at, word)),
        (place(), piece).prop_map(|(at, piece)| Change::Splice(at, piece)),
        (place(), 1..100_usize, 2..200_usize)
            .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (
            place(),
            select(&NESTS[..]),
            prop_oneof![Just(20_usize), Just(200), Just(5_000)]
        )
            .prop_map(|(at, nest, depth)| Change::Nest(at, nest, depth)),
    ]
}

impl Change {
    fn make(&self, mut text: Vec<u8>) -> Vec<u8> {
        let length = text.len();
        let at = |index: &Index| index.index(length + 1);
        match self {
            Self::Set(place, value) => {
                if let Some(byte) = text.get_mut(at(place)) {
                    *byte = *value;
                }
            }
            Self::Flip(place, bit) => {
                if let Some(byte) = text.get_mut(at(place)) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Cut(place, count) => {
                let from = at(place);
                drop(text.drain(from..length.min(from + count)));
            }
            Self::End(place) => text.truncate(at(place)),
            Self::Insert(place, bytes) | Self::Splice(place, bytes) => put(&mut text, at(place), bytes),
            Self::Word(place, word) => put(&mut text, at(place), word.as_bytes()),
            Self::Repeat(place, count, times) => {
                let from = at(place);
                let piece: Vec<u8> = text.iter().copied().skip(from).take(*count).collect();
                put(&mut text, from, &piece.repeat(*times));
            }
            Self::Nest(place, (begin, end), depth) => {
                let from = at(place);
                put(&mut text, from, end.repeat(*depth).as_bytes());
                put(&mut text, from, begin.repeat(*depth).as_bytes());
            }
        }
        text.truncate(LARGEST);
        text
    }
}

fn put(text: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    drop(text.splice(at..at, bytes.iter().copied()));
}
