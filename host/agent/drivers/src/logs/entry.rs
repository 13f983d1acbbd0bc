//! One entry of a log, as Cassandra's logback writes it: `INFO  [main] 2026-03-01 12:00:00,123 Gossiper.java:1458 - …`.

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step.
    Trace,
    /// For those who look for a fault.
    Debug,
    /// What happens.
    Info,
    /// What should not happen.
    Warn,
    /// What failed.
    Error,
}

const LEVELS: [(&str, Level); 5] = [
    ("TRACE", Level::Trace),
    ("DEBUG", Level::Debug),
    ("INFO", Level::Info),
    ("WARN", Level::Warn),
    ("ERROR", Level::Error),
];

/// The level of an entry; none for what begins in the middle of one.
pub(super) fn level(entry: &str) -> Option<Level> {
    LEVELS
        .iter()
        .find(|(word, _)| begins(entry, word))
        .map(|(_, level)| *level)
}

/// A word, then at least one space: a line of a message may begin with anything else.
fn begins(line: &str, word: &str) -> bool {
    line.strip_prefix(word)
        .is_some_and(|rest| rest.starts_with(' ') && rest.trim_start().starts_with('['))
}

/// The entries of a text. What stands before the first one belongs to an entry that began earlier: it is left out, as the
/// first line is where the text begins in the middle of the file.
pub(super) fn split(text: &str, begins_the_file: bool) -> Vec<&str> {
    let after_cut = if begins_the_file {
        text
    } else {
        text.split_once('\n').map_or("", |(_, rest)| rest)
    };
    let mut entries = Vec::new();
    let mut rest = after_cut;
    while !rest.is_empty() {
        let end = entry_end(rest);
        let (entry, after) = rest.split_at(end);
        if level(entry).is_some() {
            entries.push(entry.trim_end_matches(['\n', '\r']));
        }
        rest = after;
    }
    entries
}

/// Where the next entry begins.
fn entry_end(text: &str) -> usize {
    let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
    breaks
        .into_iter()
        .find(|&at| text.get(at..).is_some_and(|rest| level(rest).is_some()))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_trace_belongs_to_its_entry() {
        let text = "  at half.of.Another\nERROR [main] 2026 A.java:1 - no\njava.io.IOException: x\n\tat A.b\nINFO  [main] 2026 A.java:2 - ERROR is a word\n";
        assert_eq!(
            split(text, true),
            [
                "ERROR [main] 2026 A.java:1 - no\njava.io.IOException: x\n\tat A.b",
                "INFO  [main] 2026 A.java:2 - ERROR is a word",
            ]
        );
        assert_eq!(split("INFO  [cut", false), Vec::<&str>::new());
    }

    #[test]
    fn levels_are_ordered() {
        assert!(Level::Error > Level::Warn && Level::Warn > Level::Info && Level::Info > Level::Debug);
        assert_eq!(level("WARN  [x] y"), Some(Level::Warn));
        assert_eq!(level("WARNING [x]"), None);
        assert_eq!(level("INFO about"), None);
    }

    #[test]
    fn fuzz_what_cassandra_logs() {
        let sample = "ERROR [main] 2026-11-26 12:00:00,000 A.java:1 - no\njava.io.IOException: x\n\tat A.b\nINFO  [main] 2026 A.java:2 - ERROR is a word\n";
        ringkeeper_fuzz::text("system.log", &[sample], |text| {
            for begins_the_file in [true, false] {
                let kept: usize = split(text, begins_the_file).iter().map(|entry| entry.len()).sum();
                assert!(kept <= text.len(), "more than there was");
            }
            Ok(())
        });
    }
}
