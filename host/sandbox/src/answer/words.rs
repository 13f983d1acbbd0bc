//! Texts of an answer: how long, and of which characters.

use ringkeeper_cluster::NodeId;

use crate::call_error::InvalidAnswer;
use crate::text;

/// A line for a person, in bytes.
const LINE: usize = 500;
/// A few sentences, in bytes.
const SENTENCES: usize = 4_000;
/// A key or id, in characters.
const NAME: usize = 200;

/// One line for a person: not empty, nothing that moves a cursor.
pub(super) fn line(field: &str, text: String) -> Result<String, InvalidAnswer> {
    bounded(field, text, LINE)
}

/// A few sentences for a person; otherwise as a line.
pub(super) fn sentences(field: &str, text: String) -> Result<String, InvalidAnswer> {
    bounded(field, text, SENTENCES)
}

fn bounded(field: &str, text: String, most: usize) -> Result<String, InvalidAnswer> {
    if text.trim().is_empty() {
        return Err(InvalidAnswer::new(field, "is empty"));
    }
    if text.len() > most {
        return Err(InvalidAnswer::new(
            field,
            format!("has {} bytes; {most} are allowed", text.len()),
        ));
    }
    match text.chars().find(|one| text::is_control(*one)) {
        Some(one) => Err(InvalidAnswer::new(
            field,
            format!("holds the control character U+{:04X}", u32::from(one)),
        )),
        None => Ok(text),
    }
}

/// An optional text.
pub(super) fn optional(
    field: &str,
    text: Option<String>,
    check: fn(&str, String) -> Result<String, InvalidAnswer>,
) -> Result<Option<String>, InvalidAnswer> {
    text.map(|text| check(field, text)).transpose()
}

/// An id that only the plugin understands: no spaces, so that it can stand in a command line and a log.
pub(super) fn id(field: &str, id: String) -> Result<String, InvalidAnswer> {
    let length = id.chars().count();
    if length == 0 || length > NAME {
        return Err(InvalidAnswer::new(
            field,
            format!("has {length} characters; 1 to {NAME} are allowed"),
        ));
    }
    match id
        .chars()
        .find(|one| one.is_whitespace() || text::is_control(*one))
    {
        Some(one) => Err(InvalidAnswer::new(
            field,
            format!("holds the character U+{:04X}", u32::from(one)),
        )),
        None => Ok(id),
    }
}

/// A finding's key: words in lower case joined by `-`, then perhaps `/` and what it is about, e.g. a node or a table
/// as Cassandra spells it.
pub(super) fn key(field: &str, key: String) -> Result<String, InvalidAnswer> {
    let key = id(field, key)?;
    let mut parts = key.split('/');
    let words = parts.next().unwrap_or_default();
    let lower = |one: u8| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'-';
    if words.is_empty() || !words.bytes().all(lower) {
        let reason = format!(
            "must begin with lower-case words joined by `-`, as in `node-down/6f1c…`, and is `{key}`"
        );
        return Err(InvalidAnswer::new(field, reason));
    }
    if parts.any(str::is_empty) {
        return Err(InvalidAnswer::new(
            field,
            format!("has nothing between two `/`, or after the last one: `{key}`"),
        ));
    }
    Ok(key)
}

/// A node's host id.
pub(super) fn node(field: &str, text: &str) -> Result<NodeId, InvalidAnswer> {
    let shown = text::printable(text::cut(text, 100));
    text.parse()
        .map_err(|_| InvalidAnswer::new(field, format!("is no host id: `{shown}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_a_matter_and_what_it_is_about() {
        for good in [
            "quorum-at-risk",
            "node-down/6f1c2a3e-58c1-4d0e-9f27-0242ac110002",
            "large-partition/Shop/orders_2",
        ] {
            assert_eq!(key("key", good.to_owned()).as_deref(), Ok(good));
        }
        for bad in [
            "",
            "Node-Down",
            "node down",
            "node_down",
            "/shop",
            "node-down/",
            "a//b",
            "node-down/\n",
            &"k".repeat(201),
        ] {
            assert!(key("key", bad.to_owned()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn lines_cannot_move_a_cursor() {
        assert_eq!(
            line("title", "Größe: 5 %".to_owned()).as_deref(),
            Ok("Größe: 5 %")
        );
        for bad in [
            "",
            "  ",
            "two\nlines",
            "\u{1b}[2J",
            "a\u{202e}b",
            &"x".repeat(501),
        ] {
            assert!(line("title", bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
