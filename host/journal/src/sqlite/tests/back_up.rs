use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// Puts `copy` in the place of the journal of `directory`.
fn restore(copy: &Path, directory: &Path) -> SqliteJournal {
    for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
        let _ = std::fs::remove_file(directory.join(name));
    }
    std::fs::copy(copy, directory.join("journal.sqlite")).unwrap();
    open(directory).unwrap()
}

#[tokio::test]
async fn a_copy_holds_everything_and_is_a_journal() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let version = journal.append("c", Version(0), &flaps(200)).await.unwrap();
    let checked = Checked {
        operation: "health.check".to_owned(),
        at: Timestamp::from_millis(7),
        error: None,
    };
    journal.note_checked("c", &checked).await.unwrap();
    let copy = directory.path().join("copy.sqlite");
    let bytes = journal.back_up(&copy).await.unwrap();
    let about = std::fs::metadata(&copy).unwrap();
    assert_eq!(bytes, about.len());
    assert_eq!(about.permissions().mode() & 0o777, 0o600);

    let elsewhere = tempfile::tempdir().unwrap();
    let restored = restore(&copy, elsewhere.path());
    assert_eq!(restored.last("c").await.unwrap(), version);
    assert_eq!(
        restored.read("c", Version(0), 1000).await.unwrap(),
        journal.read("c", Version(0), 1000).await.unwrap()
    );
    assert_eq!(restored.checks("c").await.unwrap(), [checked]);
    restored.append("c", version, &flaps(1)).await.unwrap();
}

#[tokio::test]
async fn a_copy_in_the_journals_place_is_a_lost_journal_as_the_newest_events_may_be_missing() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let copy = directory.path().join("copy.sqlite");
    journal.back_up(&copy).await.unwrap();
    journal.append("c", Version(0), &flaps(1)).await.unwrap();
    drop(journal);
    assert_eq!(restore(&copy, directory.path()).opened(), Opened::Lost);
    // On a fresh machine too: the host that made it may have gone on.
    let fresh = tempfile::tempdir().unwrap();
    assert_eq!(restore(&copy, fresh.path()).opened(), Opened::Lost);
}

#[tokio::test]
async fn refuses_to_copy_over_anything_and_leaves_it_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    let there = directory.path().join("diary");
    for text in ["", "dear diary"] {
        std::fs::write(&there, text).unwrap();
        let refusal = journal.back_up(&there).await.unwrap_err();
        assert!(matches!(refusal, JournalError::Exists { .. }), "{refusal:?}");
        assert_eq!(std::fs::read_to_string(&there).unwrap(), text);
    }
    let nowhere = directory.path().join("no/such/directory/copy");
    let refusal = journal.back_up(&nowhere).await.unwrap_err();
    assert!(matches!(refusal, JournalError::Unwritable { .. }), "{refusal:?}");
}

#[tokio::test]
async fn a_copy_made_under_writers_is_a_whole_beginning_of_the_stream() {
    let directory = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(directory.path(), Runtime::threads().unwrap()).unwrap();
    let start = journal.append("c", Version(0), &flaps(2000)).await.unwrap();
    let writing = async {
        let mut version = start;
        for _ in 0..100 {
            version = journal.append("c", version, &flaps(10)).await.unwrap();
        }
        version
    };
    let copy = directory.path().join("copy.sqlite");
    let (version, copied) = tokio::join!(writing, journal.back_up(&copy));
    copied.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let restored = restore(&copy, elsewhere.path());
    let last = restored.last("c").await.unwrap();
    assert!(last >= start && last <= version, "{last}");
    // Whole transactions alone.
    assert_eq!((last.0 - start.0) % 10, 0);
    let read = restored.read("c", Version(0), usize::MAX >> 1).await.unwrap();
    assert_eq!(read.len() as u64, last.0);
}
