use super::super::schema::MIGRATIONS;
use super::*;

/// A file as version 1 left it, with every kind of event that it knew in the streams of two clusters.
fn of_version_1(directory: &Path) -> Vec<Recorded> {
    let file = Connection::open(directory.join("journal.sqlite")).unwrap();
    file.execute_batch(MIGRATIONS[0]).unwrap();
    file.pragma_update(None, "user_version", 1).unwrap();
    let at = |(event, at)| Recorded {
        at: Timestamp::from_millis(at),
        event,
    };
    let events: Vec<Recorded> = samples::one_of_each()
        .into_iter()
        .filter(|event| {
            !matches!(
                event,
                crate::Event::HostStarted { .. }
                    | crate::Event::Agent { .. }
                    | crate::Event::Access { .. }
                    | crate::Event::Plugin { .. }
                    | crate::Event::PlanKept { .. }
            )
        })
        .zip(1..)
        .map(at)
        .collect();
    for cluster in ["shop", "bank"] {
        for (version, recorded) in (1..).zip(&events) {
            let body = serde_json::to_string(&recorded.event).unwrap();
            file.execute(
                "INSERT INTO event VALUES (?1, ?2, ?3, ?4)",
                params![cluster, version, recorded.at.as_millis(), body],
            )
            .unwrap();
        }
    }
    events
}

#[tokio::test]
async fn a_file_of_version_1_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let events = of_version_1(directory.path());
    let journal = open(directory.path()).unwrap();
    let count = events.len() as u64;
    for cluster in ["shop", "bank"] {
        assert_eq!(journal.last(cluster).await.unwrap(), Version(count));
        let read = journal.read(cluster, Version(0), 1000).await.unwrap();
        let read: Vec<Recorded> = read.into_iter().map(|(_, recorded)| recorded).collect();
        assert_eq!(read, events);
    }
    // Old rows say of themselves what new ones would.
    let written: Vec<(String, bool)> = journal
        .store
        .with(|connection| {
            let mut select = connection
                .prepare("SELECT topic, closes FROM event WHERE cluster = 'shop' ORDER BY version")?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let expected: Vec<(String, bool)> = events
        .iter()
        .map(|Recorded { event, .. }| (event.topic().to_string(), event.closes()))
        .collect();
    assert_eq!(written, expected);
}

#[tokio::test]
async fn a_file_of_version_1_is_the_known_journal() {
    let directory = tempfile::tempdir().unwrap();
    of_version_1(directory.path());
    assert_eq!(open(directory.path()).unwrap().opened(), Opened::Known);
    assert_eq!(open(directory.path()).unwrap().opened(), Opened::Known);
}

#[test]
fn refuses_a_file_of_a_later_version() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let file = Connection::open(directory.path().join("journal.sqlite")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    let refusal = open(directory.path()).unwrap_err();
    assert!(
        matches!(
            refusal,
            JournalError::TooNew {
                found: 99,
                known: 3,
                ..
            }
        ),
        "{refusal}"
    );
}
