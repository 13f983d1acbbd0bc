//! The text of the file, and where in it something stands.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A place in the configuration file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// Line and column, both from 1, columns in characters; none where the whole file is meant.
    pub position: Option<(usize, usize)>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.file.display()),
            None => write!(f, "{}", self.file.display()),
        }
    }
}

/// The text of the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a Path,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    /// The place where `span` begins.
    pub(crate) fn place(&self, span: Option<Range<usize>>) -> Place {
        Place {
            file: self.file.to_owned(),
            position: span.map(|span| self.position(span.start)),
        }
    }

    /// Line and column of a byte offset. An offset inside a character counts as the one behind it, one behind the end as the
    /// end. A file may have thousands of mistakes, so this takes what the standard library does fast.
    fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..self.text.ceil_char_boundary(offset));
        let before = before.unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters_from_one() {
        let source = Source {
            file: Path::new("a.toml"),
            text: "x = 1\r\nü = 2\n",
        };
        for (offset, position) in [
            (0, (1, 1)),
            (4, (1, 5)),
            (7, (2, 1)),
            (8, (2, 2)),
            (9, (2, 2)),
            (999, (3, 1)),
        ] {
            assert_eq!(source.position(offset), position, "offset {offset}");
        }
        assert_eq!(source.place(Some(7..8)).to_string(), "a.toml:2:1");
        assert_eq!(source.place(None).to_string(), "a.toml");
    }
}
