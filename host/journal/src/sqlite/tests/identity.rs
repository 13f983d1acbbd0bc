use super::*;

#[tokio::test]
async fn a_journal_is_new_once_and_known_from_then_on() {
    let directory = tempfile::tempdir().unwrap();
    for expected in [Opened::New, Opened::Known, Opened::Known] {
        assert_eq!(open(directory.path()).unwrap().opened(), expected);
    }
}

#[tokio::test]
async fn a_journal_that_is_gone_is_lost_until_what_it_knew_is_learned_again() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
        let _ = std::fs::remove_file(directory.path().join(name));
    }
    // A host that is killed before it has learned it finds it lost again.
    assert_eq!(open(directory.path()).unwrap().opened(), Opened::Lost);
    let journal = open(directory.path()).unwrap();
    assert_eq!(journal.opened(), Opened::Lost);
    journal.settle().await.unwrap();
    assert_eq!(open(directory.path()).unwrap().opened(), Opened::Known);
}

#[test]
fn somebody_elses_journal_is_a_lost_one() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for directory in [&ours, &theirs] {
        drop(open(directory.path()).unwrap());
    }
    let file = "journal.sqlite";
    std::fs::copy(theirs.path().join(file), ours.path().join(file)).unwrap();
    assert_eq!(open(ours.path()).unwrap().opened(), Opened::Lost);
}
