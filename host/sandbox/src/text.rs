//! Text from a plugin, made fit to be shown.

/// The first `bytes` bytes of `text`, or fewer where that would cut a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// `text` without characters that move a terminal's cursor or hide something; line ends and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|one| {
            if is_control(one) && !matches!(one, '\n' | '\t') {
                '\u{fffd}'
            } else {
                one
            }
        })
        .collect()
}

/// Whether a character is none a person sees, and may change how others look.
pub(crate) fn is_control(one: char) -> bool {
    // The second group turns the direction of text around.
    one.is_control()
        || matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number of bytes as a person reads it.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, size) in UNITS {
        if count >= size {
            let tenths = count.saturating_mul(10) / size;
            return if tenths.is_multiple_of(10) {
                format!("{} {unit}", tenths / 10)
            } else {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            };
        }
    }
    format!("{count} B")
}

/// Longest name that is compared with known ones, in bytes.
const LONGEST_NAME: usize = 200;

/// The known name that looks most like `name`, if any looks like it at all.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // The likeness of long names takes long, and so long a name is no slip of the fingers.
    if name.len() > LONGEST_NAME {
        return None;
    }
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(known, name), known))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("größe", 3), "gr");
        assert_eq!(cut("größe", 4), "grö");
        assert_eq!(cut("größe", 99), "größe");
    }

    #[test]
    fn shows_nothing_that_could_fool_a_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Kb\n\tc\u{202e}d"),
            "a\u{fffd}[2Kb\n\tc\u{fffd}d"
        );
    }

    #[test]
    fn bytes_are_rounded_down_to_a_tenth() {
        for (count, text) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KiB"),
            (1_600, "1.5 KiB"),
            (64 << 20, "64 MiB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
