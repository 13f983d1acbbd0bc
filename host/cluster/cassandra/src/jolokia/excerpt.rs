//! The beginning of an answer that makes no sense, fit for one line of a message.

/// How many characters are shown.
const SHOWN: usize = 80;

/// The first 80 characters of an answer, without anything that could move a terminal's cursor.
pub(crate) fn excerpt(answer: &[u8]) -> String {
    // A character takes at most four bytes; nobody needs a megabyte decoded for this.
    let head = answer.get(..SHOWN * 4).unwrap_or(answer);
    let text = String::from_utf8_lossy(head);
    let mut shown = printable(text.chars().take(SHOWN));
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// The first line of a message, at most 300 characters of it: exceptions from Java can hold whole stack traces.
pub(crate) fn first_line(message: &str) -> String {
    printable(message.lines().next().unwrap_or_default().chars().take(300))
}

fn printable(characters: impl Iterator<Item = char>) -> String {
    let mut shown = String::new();
    for character in characters {
        // Quotes need no escape here, and escaped JSON is hard to read.
        if matches!(character, '"' | '\'' | '\\') {
            shown.push(character);
        } else {
            shown.extend(character.escape_debug());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short_and_printable() {
        assert_eq!(excerpt(b""), "");
        assert_eq!(
            excerpt(b"<h1>\x1b[31mNo\r\n</h1>"),
            "<h1>\\u{1b}[31mNo\\r\\n</h1>"
        );
        assert_eq!(excerpt(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(
            excerpt("ä".repeat(100).as_bytes()),
            format!("{}…", "ä".repeat(80))
        );
    }
}
