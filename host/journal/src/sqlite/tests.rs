use super::*;
use crate::samples;
use rusqlite::Connection;

mod audit;
mod back_up;
mod damage;
mod full_disk;
mod growth;
mod identity;
mod migration;
mod pruning;

/// A journal in `directory` whose work is done on the spot.
fn open(directory: &Path) -> Result<SqliteJournal, JournalError> {
    SqliteJournal::open(directory, Runtime::inline())
}

fn flaps(count: i64) -> Vec<Recorded> {
    let flap = |at| Recorded {
        at: Timestamp::from_millis(at),
        event: samples::node_changed(1, "down"),
    };
    (1..=count).map(flap).collect()
}

#[tokio::test]
async fn conforms() {
    let directory = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(directory.path(), Runtime::threads().unwrap()).unwrap();
    crate::conformance::check(&journal).await;
}

#[tokio::test]
async fn keeps_everything_over_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let checked = Checked {
        operation: "health.check".into(),
        at: Timestamp::from_millis(7),
        error: None,
    };
    let first = open(directory.path()).unwrap();
    first.note_checked("c", &checked).await.unwrap();
    first.append("c", Version(0), &flaps(3)).await.unwrap();
    drop(first);
    let second = open(directory.path()).unwrap();
    assert_eq!(second.checks("c").await.unwrap(), [checked]);
    assert_eq!(second.last("c").await.unwrap(), Version(3));
    assert_eq!(second.read("c", Version(0), 9).await.unwrap().len(), 3);
}
