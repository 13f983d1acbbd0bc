//! A number of bytes, such as `16MiB`.

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// A number of bytes within bounds, both included.
pub(crate) struct Size {
    pub(crate) least: u64,
    pub(crate) most: u64,
}

/// Largest first, with their bytes.
const UNITS: [(&str, u64); 5] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

impl Kind for Size {
    type Value = u64;

    fn expects(&self) -> String {
        format!(
            "a size such as \"16MiB\", from {} to {}",
            show(self.least),
            show(self.most)
        )
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "pattern": "^[0-9]+([KMGT]i)?B$" })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<u64> {
        let text = node.text(reading, self.expects())?;
        let Some(bytes) = parse(text) else {
            node.wrong(
                reading,
                Fault::Malformed {
                    value: text.to_owned(),
                    expects: self.expects(),
                },
            );
            return None;
        };
        if bytes < self.least || bytes > self.most {
            node.out_of_range(reading, text, show(self.least), show(self.most));
            return None;
        }
        Some(bytes)
    }

    fn show(&self, value: &u64) -> String {
        quoted(&show(*value))
    }
}

/// Reads a whole number with a unit. Only binary units: `MB` means two things to two people.
fn parse(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// The text with the largest unit that divides it.
fn show(bytes: u64) -> String {
    let whole = UNITS
        .iter()
        .find(|(_, factor)| bytes != 0 && bytes.is_multiple_of(*factor));
    let (unit, factor) = whole.unwrap_or(&("B", 1));
    format!("{}{unit}", bytes / factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_binary_units_alone() {
        for (text, bytes) in [
            ("16MiB", Some(16 << 20)),
            ("1024B", Some(1024)),
            ("1KiB", Some(1024)),
            ("3GiB", Some(3 << 30)),
            ("16MB", None),
            ("16M", None),
            ("16", None),
            ("MiB", None),
            ("16 MiB", None),
            ("99999999TiB", None),
        ] {
            assert_eq!(parse(text), bytes, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_shows(bytes: u64) {
            prop_assert_eq!(parse(&show(bytes)), Some(bytes));
        }
    }
}
