//! The lines a plugin writes, bounded.

use std::fmt;

use ringkeeper_seams::Timestamp;
use serde::Serialize;

use crate::text;

/// What a line costs besides its text, so that empty lines are not free.
const LINE_COST: u64 = 16;
/// How much of the last error is kept aside.
const LAST_ERROR_BYTES: usize = 2_000;

/// One line of a plugin's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// How loud it is.
    pub level: LogLevel,
    /// What it says; control characters are replaced, line ends stay.
    pub message: String,
}

/// How loud a line is, quietest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Step by step.
    Trace,
    /// For the plugin's author.
    Debug,
    /// For the operator, on a quiet day.
    Info,
    /// For the operator, now.
    Warn,
    /// Something failed.
    Error,
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        })
    }
}

/// The log of one call.
#[derive(Debug)]
pub(crate) struct LogBook {
    limit: u64,
    lines: Vec<LogLine>,
    bytes: u64,
    dropped_lines: u64,
    last_error: Option<String>,
}

impl LogBook {
    /// An empty log for so many bytes.
    pub(crate) const fn new(limit: u64) -> Self {
        Self {
            limit,
            lines: Vec::new(),
            bytes: 0,
            dropped_lines: 0,
            last_error: None,
        }
    }

    /// Keeps the line if there is room. The last error is kept aside in any case: it is what a panicking plugin
    /// says, and a plugin that floods its log is likely to panic.
    pub(crate) fn write(&mut self, at: Timestamp, level: LogLevel, message: &str) {
        if level == LogLevel::Error {
            self.last_error = Some(text::printable(text::cut(message, LAST_ERROR_BYTES)).replace('\n', " "));
        }
        let cost = LINE_COST.saturating_add(message.len() as u64);
        if self.bytes.saturating_add(cost) > self.limit {
            self.dropped_lines += 1;
        } else {
            self.bytes += cost;
            self.lines.push(LogLine {
                at,
                level,
                message: text::printable(message),
            });
        }
    }

    /// Bytes kept.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Lines there was no room for.
    pub(crate) const fn dropped_lines(&self) -> u64 {
        self.dropped_lines
    }

    /// What the plugin last said of an error, in one line.
    pub(crate) fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// The lines kept, oldest first.
    pub(crate) fn into_lines(self) -> Vec<LogLine> {
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_and_counts_what_is_over_but_remembers_the_last_error() {
        let mut log = LogBook::new(100);
        for _ in 0..1_000 {
            log.write(Timestamp::default(), LogLevel::Info, "more and more");
        }
        log.write(
            Timestamp::default(),
            LogLevel::Error,
            "panicked at src/lib.rs:7:5",
        );
        assert_eq!((log.bytes(), log.dropped_lines()), (87, 998));
        assert_eq!(log.last_error(), Some("panicked at src/lib.rs:7:5"));
        assert_eq!(log.into_lines().len(), 3);
    }

    #[test]
    fn empty_lines_are_not_free() {
        let mut log = LogBook::new(100);
        for _ in 0..1_000 {
            log.write(Timestamp::default(), LogLevel::Info, "");
        }
        assert_eq!(log.into_lines().len(), 6);
    }
}
