use super::*;

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
    let first = SqliteJournal::open(directory.path(), Runtime::inline()).unwrap();
    first.note_checked("c", &checked).await.unwrap();
    drop(first);
    let second = SqliteJournal::open(directory.path(), Runtime::inline()).unwrap();
    assert_eq!(second.checks("c").await.unwrap(), [checked]);
}

#[test]
fn refuses_a_file_of_a_later_version() {
    let directory = tempfile::tempdir().unwrap();
    drop(SqliteJournal::open(directory.path(), Runtime::inline()).unwrap());
    let file = Connection::open(directory.path().join("journal.sqlite")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    let refusal = SqliteJournal::open(directory.path(), Runtime::inline()).unwrap_err();
    assert!(
        matches!(
            refusal,
            JournalError::TooNew {
                found: 99,
                known: 1,
                ..
            }
        ),
        "{refusal}"
    );
}

#[test]
fn refuses_a_file_that_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("journal.sqlite"),
        "shopping list: milk, bread, tokens",
    )
    .unwrap();
    let refusal = SqliteJournal::open(directory.path(), Runtime::inline())
        .unwrap_err()
        .to_string();
    assert!(refusal.ends_with("file is not a database"), "{refusal}");
}
