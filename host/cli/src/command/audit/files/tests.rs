use ringkeeper_journal::{AuditLog as _, Event, Journal as _, MemoryJournal, Recorded, Version, audit_line};
use ringkeeper_seams::Timestamp;

use super::*;

/// A folder with three segments of two records each, and the head of the last.
async fn exported() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let journal = MemoryJournal::default();
    let mut version = Version(0);
    for number in 1..=3 {
        let at = Timestamp::from_millis(number);
        let event = Recorded {
            at,
            event: Event::Unfrozen { by: None },
        };
        let events = [event.clone(), event];
        version = journal.append("shop", version, &events).await.unwrap();
        let segment = journal.audit_seal(at).await.unwrap().unwrap();
        let rows = journal.audit_read(segment.first - 1, 2).await.unwrap();
        let lines = rows.iter().map(|row| audit_line(row) + "\n");
        let text = serde_json::to_string(&segment).unwrap() + "\n" + &lines.collect::<String>();
        let name = format!("audit-{:06}.jsonl", segment.segment);
        write(&folder.path().join(name), &text).unwrap();
    }
    let head = journal.audit_head().await.unwrap().hash;
    (folder, head)
}

fn problem(folder: &Path, head: Option<&str>) -> Option<String> {
    verify(folder, head).unwrap().problem
}

#[tokio::test]
async fn files_that_nobody_touched_are_whole_and_have_their_head() {
    let (folder, head) = exported().await;
    let verdict = verify(folder.path(), Some(&head)).unwrap();
    assert_eq!(verdict.problem, None);
    assert_eq!((verdict.first, verdict.records, verdict.head_of), (1, 6, Some(6)));
    assert!(problem(folder.path(), Some(&"1".repeat(64))).is_some());
}

#[tokio::test]
async fn the_first_files_may_be_elsewhere() {
    let (folder, head) = exported().await;
    std::fs::remove_file(folder.path().join("audit-000001.jsonl")).unwrap();
    let verdict = verify(folder.path(), Some(&head)).unwrap();
    assert_eq!(verdict.problem, None);
    assert_eq!((verdict.first, verdict.records), (3, 4));
}

#[tokio::test]
async fn whatever_is_done_to_a_file_is_found_out_and_where() {
    type Change = fn(&str) -> String;
    let line = |text: &str, number: usize| text.lines().nth(number).unwrap().to_owned() + "\n";
    let cases: [(Change, &str); 4] = [
        (|text| text.replace("unfrozen", "frozen"), "record 3 was changed"),
        (
            |text| text.lines().take(2).map(|line| line.to_owned() + "\n").collect(),
            "segment 2 does not fit: its hash is not that of its last record",
        ),
        (
            |text| text.replace("\"last\":4", "\"last\":5"),
            "segment 2 does not fit",
        ),
        (
            |text| text.replacen("{\"hash\"", "{\"mash\"", 1),
            "line 2 is no record",
        ),
    ];
    for (change, expected) in cases {
        let (folder, _) = exported().await;
        let file = folder.path().join("audit-000002.jsonl");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, change(&text)).unwrap();
        let problem = problem(folder.path(), None).unwrap();
        assert!(problem.contains("audit-000002.jsonl"), "{problem}");
        assert!(problem.contains(expected), "{problem}");
    }
    // Two lines that changed places.
    let (folder, _) = exported().await;
    let file = folder.path().join("audit-000002.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, line(&text, 0) + &line(&text, 2) + &line(&text, 1)).unwrap();
    let told = problem(folder.path(), None).unwrap();
    assert!(told.contains("record 3 is missing"), "{told}");
    // A file that is gone from between.
    let (folder, _) = exported().await;
    std::fs::remove_file(folder.path().join("audit-000002.jsonl")).unwrap();
    let told = problem(folder.path(), None).unwrap();
    assert!(told.contains("record 3 is missing"), "{told}");
}

#[test]
fn a_folder_without_files_is_said_to_be_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(verify(folder.path(), None).unwrap_err().exit, Exit::NotFound);
}
