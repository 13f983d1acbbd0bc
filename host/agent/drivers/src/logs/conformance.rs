//! What every driver of logs keeps to.

use super::{Level, LogQuestion, SystemLog};

/// A log, as a test writes it.
pub(super) trait Written {
    fn log(&self) -> &dyn SystemLog;
    fn write(&self, text: &str);
    fn rotate(&self);
}

fn ask(level: Level, entries: usize, bytes: usize) -> LogQuestion {
    LogQuestion {
        level,
        entries,
        bytes,
    }
}

/// Runs the whole suite on a node that wrote no log yet.
pub(super) fn check(written: &dyn Written) {
    let all = ask(Level::Trace, 100, 10_000);
    assert!(written.log().tail(all).is_err());
    written.write("INFO  [main] A - one\nERROR [main] A - two\njava.io.IOException\n\tat A.b\n");
    written.rotate();
    written.write("WARN  [main] A - three\n");
    written.rotate();
    written.write("DEBUG [main] A - four\nINFO  [main] A - fünf\n");

    let tail = written.log().tail(all).unwrap();
    let two = "ERROR [main] A - two\njava.io.IOException\n\tat A.b";
    let expected = [
        "INFO  [main] A - one",
        two,
        "WARN  [main] A - three",
        "DEBUG [main] A - four",
        "INFO  [main] A - fünf",
    ];
    assert_eq!(
        (tail.entries, tail.is_cut),
        (expected.map(str::to_owned).to_vec(), false)
    );

    let bad = written.log().tail(ask(Level::Warn, 100, 10_000)).unwrap();
    assert_eq!(bad.entries, [two, "WARN  [main] A - three"]);
    let last = written.log().tail(ask(Level::Info, 2, 10_000)).unwrap();
    assert_eq!(last.entries, ["WARN  [main] A - three", "INFO  [main] A - fünf"]);
    assert!(last.is_cut);
    let short = written.log().tail(ask(Level::Trace, 100, 50)).unwrap();
    assert_eq!(short.entries, ["DEBUG [main] A - four", "INFO  [main] A - fünf"]);
    assert!(short.is_cut);

    // However much of it is left out, the whole log is not read for it.
    written.write(&"DEBUG [main] A - chatter\n".repeat(1000));
    let quiet = written.log().tail(ask(Level::Error, 100, 100)).unwrap();
    assert_eq!((quiet.entries.len(), quiet.is_cut), (0, true));
    assert!(
        written
            .log()
            .tail(ask(Level::Trace, 0, 0))
            .unwrap()
            .entries
            .is_empty()
    );
}
