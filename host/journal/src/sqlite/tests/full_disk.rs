use std::process::Command;

use super::*;

/// Appends until the journal cannot grow, and answers the version that it got to.
async fn fill(journal: &SqliteJournal) -> Version {
    let mut version = journal.last("c").await.unwrap();
    loop {
        match journal.append("c", version, &flaps(100)).await {
            Ok(next) => version = next,
            Err(JournalError::Full { .. }) => return version,
            Err(error) => panic!("expected a full disk, got {error:?}"),
        }
    }
}

async fn expect_whole(journal: &SqliteJournal, version: Version) {
    assert_eq!(journal.last("c").await.unwrap(), version);
    let read = journal.read("c", Version(0), usize::MAX >> 1).await.unwrap();
    assert_eq!(read.len() as u64, version.0);
}

fn limit_pages(journal: &SqliteJournal, pages: i64) {
    let set = journal.store.with(|connection| {
        Ok(connection.pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))?)
    });
    set.unwrap();
}

#[tokio::test]
async fn writes_nothing_of_what_does_not_fit_and_goes_on_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    limit_pages(&journal, 60);
    let version = fill(&journal).await;
    assert!(version > Version(0));
    expect_whole(&journal, version).await;
    limit_pages(&journal, 10_000);
    let next = journal.append("c", version, &flaps(100)).await.unwrap();
    assert_eq!(next, Version(version.0 + 100));
}

#[tokio::test]
async fn what_was_pruned_makes_room_on_a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path()).unwrap();
    limit_pages(&journal, 60);
    let version = fill(&journal).await;
    let all = Retention {
        events_before: Timestamp::from_millis(i64::MAX),
        runs_before: Timestamp::from_millis(i64::MAX),
    };
    assert_eq!(journal.prune("c", &all).await.unwrap(), version.0);
    journal.append("c", version, &flaps(100)).await.unwrap();
}

/// A small file system that is gone when this is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// None where we may not mount.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=512k", "none"])
            .arg(directory.path())
            .output()
            .is_ok_and(|done| done.status.success());
        mounted.then_some(Self(directory))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).output();
    }
}

/// Where mounting is not allowed the other tests of this file stand for it.
#[tokio::test]
async fn survives_a_disk_that_is_really_full() {
    let Some(disk) = SmallDisk::mount() else { return };
    let directory = disk.0.path();
    let ballast = directory.join("ballast");
    std::fs::write(&ballast, vec![0; 128 << 10]).unwrap();
    let journal = open(directory).unwrap();
    let version = fill(&journal).await;
    expect_whole(&journal, version).await;
    let copy = directory.join("copy.sqlite");
    let refusal = journal.back_up(&copy).await.unwrap_err();
    assert!(matches!(refusal, JournalError::Full { .. }), "{refusal:?}");
    assert!(!copy.exists());
    drop(journal);
    std::fs::remove_file(&ballast).unwrap();
    let journal = open(directory).unwrap();
    expect_whole(&journal, version).await;
    journal.append("c", version, &flaps(10)).await.unwrap();
}
