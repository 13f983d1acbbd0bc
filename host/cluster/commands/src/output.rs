//! The last words of a command.

use std::collections::VecDeque;

/// How much is kept.
const KEPT_BYTES: usize = 4096;
/// How many lines of it are shown.
const SHOWN_LINES: usize = 6;
/// How many letters of each line are shown.
const SHOWN_LETTERS: usize = 200;

/// The end of what a command printed.
#[derive(Debug, Default)]
pub(crate) struct Output {
    kept: VecDeque<u8>,
}

impl Output {
    /// Takes what was printed next.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.kept.extend(bytes);
        let over = self.kept.len().saturating_sub(KEPT_BYTES);
        self.kept.drain(..over);
    }

    /// Its last lines in one, without anything that could move a terminal's cursor; none where it printed nothing.
    pub(crate) fn last_words(&self) -> Option<String> {
        let bytes: Vec<u8> = self.kept.iter().copied().collect();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<String> = text.lines().map(clean).filter(|line| !line.is_empty()).collect();
        let shown = lines.len().saturating_sub(SHOWN_LINES);
        let shown: Vec<&str> = lines.iter().skip(shown).map(String::as_str).collect();
        (!shown.is_empty()).then(|| shown.join(" / "))
    }
}

/// A line without control characters and the sequences that colour a terminal, and not too long.
fn clean(line: &str) -> String {
    let mut cleaned = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' if letters.next_if_eq(&'[').is_some() => {
                // A sequence ends with a byte from `@` to `~`.
                while letters
                    .next()
                    .is_some_and(|letter| !('@'..='~').contains(&letter))
                {}
            }
            letter if letter.is_control() => cleaned.push(' '),
            letter => cleaned.push(letter),
        }
    }
    let trimmed = cleaned.trim();
    let over = trimmed.chars().count().saturating_sub(SHOWN_LETTERS);
    if over == 0 {
        trimmed.to_owned()
    } else {
        trimmed.chars().take(SHOWN_LETTERS).chain(['…']).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(printed: &str) -> Option<String> {
        let mut output = Output::default();
        for piece in printed.as_bytes().chunks(1000) {
            output.push(piece);
        }
        output.last_words()
    }

    #[test]
    fn the_last_lines_are_shown() {
        assert_eq!(words(""), None);
        assert_eq!(words("\n \n"), None);
        assert_eq!(
            words("1\n2\n3\n4\n5\n6\n7\n8\n").as_deref(),
            Some("3 / 4 / 5 / 6 / 7 / 8")
        );
    }

    #[test]
    fn a_flood_is_bounded() {
        let long = format!("{}\nthe end\n", "x".repeat(100_000));
        let shown = words(&long).unwrap();
        assert!(
            shown.ends_with("… / the end") && shown.chars().count() < 220,
            "{shown}"
        );
        let mut output = Output::default();
        output.push(long.as_bytes());
        assert_eq!(output.kept.len(), KEPT_BYTES);
    }

    #[test]
    fn control_characters_are_cleaned() {
        assert_eq!(
            words("\u{1b}[31mred\u{1b}[0m\r\u{7}a\tb\u{0}").as_deref(),
            Some("red  a b")
        );
        assert_eq!(words("broken \u{1b}[").as_deref(), Some("broken"));
    }
}
