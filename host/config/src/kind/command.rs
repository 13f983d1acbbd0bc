//! A command line with places for what is known of a node.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Kind, Node, quoted_list};
use crate::reading::Reading;
use crate::{Fault, FileFault, nearest};

/// The placeholders a command may hold, without their braces.
pub const PLACEHOLDERS: &[&str] = &["address", "port", "host_id", "data_centre", "rack"];

/// A program and its arguments.
pub(crate) struct CommandLine;

impl Kind for CommandLine {
    type Value = Vec<String>;

    fn expects(&self) -> String {
        "a list of texts, the program first, such as [\"ssh\", \"{address}\", \"sudo systemctl start cassandra\"]"
            .to_owned()
    }

    fn schema(&self) -> Json {
        json!({
            "type": "array",
            "minItems": 1,
            "prefixItems": [{ "type": "string", "minLength": 1 }],
            "items": { "type": "string" },
        })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Vec<String>> {
        let items = node.items(reading, self.expects())?;
        if items.is_empty() {
            let expects = self.expects();
            node.wrong(reading, Fault::Empty { expects });
            return None;
        }
        // Every word is read before the first wrong one ends it, so that all are reported.
        let words: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(place, item)| read_word(item, place == 0, reading))
            .collect();
        words.into_iter().collect()
    }

    fn show(&self, value: &Vec<String>) -> String {
        quoted_list(value.iter().map(String::as_str))
    }
}

fn read_word(item: &Node<'_>, is_program: bool, reading: &mut Reading<'_>) -> Option<String> {
    let text = item.text(reading, "a text")?;
    if let Err(fault) = check(text) {
        item.wrong(reading, fault);
        return None;
    }
    if !is_program {
        return Some(text.to_owned());
    }
    if text.is_empty() {
        let expects = "the name or path of a program".to_owned();
        item.wrong(reading, Fault::Empty { expects });
        return None;
    }
    // A bare name is looked for where programs are, and one with a placeholder is known only with its node.
    if !text.contains('/') || text.contains(['{', '}']) {
        return Some(text.to_owned());
    }
    let path = reading.resolve(text);
    match check_program(&path) {
        Ok(()) => Some(path.display().to_string()),
        Err(fault) => {
            item.wrong(reading, Fault::File { path, fault });
            None
        }
    }
}

fn check_program(path: &Path) -> Result<(), FileFault> {
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => FileFault::Missing,
        _ => FileFault::Unreadable {
            reason: error.to_string(),
        },
    })?;
    if !metadata.is_file() {
        return Err(FileFault::NotAFile);
    }
    if metadata.permissions().mode() & 0o111 == 0 {
        return Err(FileFault::NotExecutable);
    }
    Ok(())
}

/// Whether every brace of a word is doubled or around a known placeholder.
fn check(word: &str) -> Result<(), Fault> {
    let malformed = |expects: &str| Fault::Malformed {
        value: word.replace('\0', "\\0"),
        expects: expects.to_owned(),
    };
    if word.contains('\0') {
        return Err(malformed("a text without zero bytes"));
    }
    let mut rest = word;
    while let Some(at) = rest.find(['{', '}']) {
        let (_, from) = rest.split_at(at);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            rest = after;
            continue;
        }
        let placeholder = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
        let (name, after) = placeholder.ok_or_else(|| malformed("`{{` or `}}` for a brace"))?;
        if !PLACEHOLDERS.contains(&name) {
            return Err(Fault::UnknownPlaceholder {
                value: name.to_owned(),
                nearest: nearest(name, PLACEHOLDERS.iter().copied()),
            });
        }
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_words_of_a_command_from_others() {
        for (word, fits) in [
            ("", true),
            ("a b", true),
            ("root@{address}", true),
            ("{data_centre}-{rack}:{port}/{host_id}", true),
            ("{{{{.State}}}}", true),
            ("x{{{rack}}}", true),
            ("{host}", false),
            ("{}", false),
            ("{ address }", false),
            ("{address", false),
            ("address}", false),
            ("{{address}", false),
            ("a\0b", false),
        ] {
            assert_eq!(check(word).is_ok(), fits, "{word}");
        }
    }
}
