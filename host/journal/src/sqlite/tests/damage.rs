use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};

use super::*;

const PAGE: u64 = 4096;

/// A journal of many pages, closed, so that all of it is in the file itself.
async fn filled(directory: &Path) {
    let journal = open(directory).unwrap();
    journal.append("c", Version(0), &flaps(500)).await.unwrap();
}

fn overwrite(directory: &Path, at: u64, bytes: &[u8]) {
    let path = directory.join("journal.sqlite");
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

fn expect_damaged(directory: &Path) {
    let refusal = open(directory).unwrap_err();
    assert!(matches!(refusal, JournalError::Damaged { .. }), "{refusal:?}");
    let says = refusal.to_string();
    let file = directory.join("journal.sqlite").display().to_string();
    for part in [
        &file,
        "is damaged",
        "keep them",
        "ringkeeper journal backup",
        "learned again from the cluster",
    ] {
        assert!(says.contains(part), "{part}: {says}");
    }
}

#[test]
fn refuses_a_file_that_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let list = "shopping list: milk, bread, tokens";
    std::fs::write(directory.path().join("journal.sqlite"), list).unwrap();
    expect_damaged(directory.path());
}

#[tokio::test]
async fn refuses_a_file_with_a_garbled_header() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    overwrite(directory.path(), 0, &[0xa5; 100]);
    expect_damaged(directory.path());
}

#[tokio::test]
async fn refuses_a_file_that_was_cut_short() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let path = directory.path().join("journal.sqlite");
    let bytes = std::fs::metadata(&path).unwrap().len();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(bytes / PAGE / 2 * PAGE).unwrap();
    expect_damaged(directory.path());
}

#[tokio::test]
async fn refuses_a_file_with_a_garbled_page_wherever_it_is() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let path = directory.path().join("journal.sqlite");
    let sound = std::fs::read(&path).unwrap();
    let pages = sound.len() as u64 / PAGE;
    assert!(pages > 20);
    for page in 1..pages {
        overwrite(directory.path(), page * PAGE, &[0xa5; PAGE as usize]);
        expect_damaged(directory.path());
        std::fs::write(&path, &sound).unwrap();
    }
    open(directory.path()).unwrap();
}

#[tokio::test]
async fn a_page_that_is_garbled_while_the_host_runs_is_damage_too() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let journal = open(directory.path()).unwrap();
    // Pages that are still in memory would be served from there.
    let forgotten = journal
        .store
        .with(|connection| Ok(connection.execute_batch("PRAGMA shrink_memory")?));
    forgotten.unwrap();
    for page in 1..20 {
        overwrite(directory.path(), page * PAGE, &[0xa5; PAGE as usize]);
    }
    let refusal = journal.read("c", Version(0), 1000).await.unwrap_err();
    assert!(matches!(refusal, JournalError::Damaged { .. }), "{refusal:?}");
}

#[test]
fn says_of_a_directory_that_nobody_can_write_what_to_do() {
    // Not even root makes files there.
    let refusal = open(Path::new("/proc/self")).unwrap_err();
    assert!(matches!(refusal, JournalError::Unwritable { .. }), "{refusal:?}");
    let says = refusal.to_string();
    assert!(
        says.starts_with("/proc/self/journal.sqlite cannot be written"),
        "{says}"
    );
    assert!(says.contains("writable for the user the host runs as"), "{says}");
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_named() {
    let directory = tempfile::tempdir().unwrap();
    filled(directory.path()).await;
    let file = Connection::open(directory.path().join("journal.sqlite")).unwrap();
    file.execute(
        "UPDATE event SET body = '{\"event\":\"party\"}' WHERE version = 7",
        [],
    )
    .unwrap();
    let refusal = open(directory.path())
        .unwrap()
        .read("c", Version(0), 10)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refusal.starts_with("event 7 of cluster `c` cannot be read"),
        "{refusal}"
    );
}
