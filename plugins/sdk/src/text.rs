//! Texts as the host takes them: bounded, and without characters that move a cursor or turn text around.

use crate::Evidence;

/// Facts that the host takes in one place, at most.
pub(crate) const MOST_FACTS: usize = 100;
/// A line, in bytes.
const LINE: usize = 500;
/// A few sentences, in bytes.
const SENTENCES: usize = 4_000;
/// A key, in characters.
const KEY: usize = 200;

/// One line for a person; `-` where there is nothing to say.
pub(crate) fn line(text: &str) -> String {
    bounded(text, LINE)
}

/// A few sentences for a person; otherwise as a line.
pub(crate) fn sentences(text: &str) -> String {
    bounded(text, SENTENCES)
}

/// Facts, and how many had to be left out.
pub(crate) fn facts(mut facts: Vec<Evidence>) -> Vec<Evidence> {
    if facts.len() > MOST_FACTS {
        let left_out = facts.split_off(MOST_FACTS - 1).len();
        facts.push(Evidence {
            name: "facts left out".to_owned(),
            value: left_out.to_string(),
            limit: None,
        });
    }
    for fact in &mut facts {
        fact.name = line(&fact.name);
        fact.value = line(&fact.value);
        fact.limit = fact.limit.as_deref().map(line);
    }
    facts
}

fn bounded(text: &str, most: usize) -> String {
    let text: String = text
        .chars()
        .map(|one| if is_control(one) { ' ' } else { one })
        .collect();
    if text.trim().is_empty() {
        return "-".to_owned();
    }
    if text.len() <= most {
        return text;
    }
    const CUT: &str = "…";
    let (kept, _) = text.split_at(text.floor_char_boundary(most - CUT.len()));
    format!("{kept}{CUT}")
}

/// A key: no spaces, and something between any two `/`.
pub(crate) fn key(key: &str) -> String {
    let parts: Vec<&str> = key
        .split('/')
        .map(|part| if part.is_empty() { "-" } else { part })
        .collect();
    let visible = |one: char| {
        if one.is_whitespace() || is_control(one) {
            '-'
        } else {
            one
        }
    };
    parts.join("/").chars().map(visible).take(KEY).collect()
}

fn is_control(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_bounded_at_a_character() {
        assert_eq!(line("Größe: 5 %"), "Größe: 5 %");
        assert_eq!(line("\u{1b}[2J a\u{202e}b"), " [2J a b");
        assert_eq!(line(" \n"), "-");
        let long = line(&"ö".repeat(400));
        assert!(long.len() <= LINE && long.ends_with("ö…"), "{long}");
    }

    #[test]
    fn keys_have_no_spaces_and_no_empty_parts() {
        assert_eq!(key("rack-down/dc 1//r\t1"), "rack-down/dc-1/-/r-1");
        assert_eq!(key(&"k".repeat(300)).len(), KEY);
    }
}
