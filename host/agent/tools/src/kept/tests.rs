//! What is kept, and for how long.

use super::*;
use crate::{Ended, Manner, Printed};

fn report(millis: i64) -> Report {
    Report {
        id: format!("{millis}-00000000"),
        tool: "status".to_owned(),
        words: vec!["status".to_owned()],
        manner: Manner::Run,
        risks: Vec::new(),
        ended: Ended::Code(0),
        output: Printed::default(),
        complaints: Printed::default(),
        began_at: Timestamp::from_millis(millis),
        ended_at: Timestamp::from_millis(millis),
    }
}

fn keep(kept: &Kept, millis: i64, bytes: usize) {
    let report = report(millis);
    let folder = kept.begin(&report.id).unwrap();
    fs::write(folder.join("output"), vec![b'x'; bytes]).unwrap();
    kept.end(&report).unwrap();
}

#[test]
fn a_report_is_read_as_it_was_written() {
    let root = tempfile::tempdir().unwrap();
    let kept = Kept::in_folder(root.path().join("runs"), Limits::default()).unwrap();
    keep(&kept, 1_700_000_000_000, 1);
    let read = kept.report("1700000000000-00000000");
    assert_eq!(read, Some(report(1_700_000_000_000)));
    for id in ["1700000000000-00000001", "../runs/1700000000000-00000000", ""] {
        assert_eq!(kept.report(id), None, "{id}");
    }
}

#[test]
fn old_runs_and_too_many_go_the_oldest_first() {
    let root = tempfile::tempdir().unwrap();
    let limits = Limits {
        runs: 2,
        all_bytes: 100_000,
        age: Duration::from_secs(100),
        ..Limits::default()
    };
    let kept = Kept::in_folder(root.path().to_owned(), limits).unwrap();
    let left = || {
        let mut names: Vec<String> = fs::read_dir(root.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
            .into_iter()
            .map(|name| name[..13].parse().unwrap())
            .collect::<Vec<i64>>()
    };
    let now = 1_700_000_200_000;
    keep(&kept, now - 150_000, 1);
    keep(&kept, now - 3, 1);
    keep(&kept, now - 2, 1);
    keep(&kept, now - 1, 1);
    kept.prune(Timestamp::from_millis(now)).unwrap();
    assert_eq!(left(), [now - 2, now - 1]);
    keep(&kept, now - 1, 60_000);
    keep(&kept, now, 60_000);
    kept.prune(Timestamp::from_millis(now)).unwrap();
    assert_eq!(left(), [now]);
}

#[test]
fn a_run_that_goes_on_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let limits = Limits {
        runs: 0,
        ..Limits::default()
    };
    let kept = Kept::in_folder(root.path().to_owned(), limits).unwrap();
    let folder = kept.begin("1700000000000-00000000").unwrap();
    kept.prune(Timestamp::from_millis(1_700_000_000_001)).unwrap();
    assert!(folder.exists());
}
