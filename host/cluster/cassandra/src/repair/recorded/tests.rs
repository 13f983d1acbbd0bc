//! Rows as recorded on live nodes: repairs that ended, failed, were limited to a data centre or to hosts, previews,
//! forced ones, and one that ran.

use std::fmt::Write as _;

use super::*;

fn told(record: Record, rows: &str) -> String {
    let mut told = String::new();
    for row in rows.lines() {
        match record.read(row).unwrap() {
            Some(repair) => told += &line(&repair),
            None => told += "left out\n",
        }
    }
    told
}

fn line(repair: &RecordedRepair) -> String {
    let mut line = String::new();
    let command = repair.command.map_or("-".to_owned(), |number| number.to_string());
    write!(
        line,
        "#{command} {} {:?} from {}",
        repair.keyspace, repair.tables, repair.started_at
    )
    .unwrap();
    match repair.ended_at {
        Some(ended_at) => write!(line, " to {ended_at}").unwrap(),
        None => line += ", running",
    }
    let (asked, done) = (repair.ranges.len(), repair.repaired.len());
    write!(line, ", {done} of {asked} ranges").unwrap();
    if let [only] = repair.ranges.as_slice() {
        write!(line, ": {only}").unwrap();
    }
    if !repair.whole {
        line += ", not whole";
    }
    if !repair.data_centres.is_empty() {
        write!(line, ", in {:?}", repair.data_centres).unwrap();
    }
    if let Some(failure) = &repair.failure {
        write!(line, ", failed: {failure}").unwrap();
    }
    line + "\n"
}

#[test]
fn what_nodes_remember_is_understood() {
    for (version, rows) in [
        ("4.1.9", include_str!("../fixtures/coordinated-4.1.9.jsonl")),
        ("5.0.5", include_str!("../fixtures/coordinated-5.0.5.jsonl")),
    ] {
        insta::assert_snapshot!(format!("coordinated_{version}"), told(Record::Coordinated, rows));
    }
}

#[test]
fn the_history_is_understood() {
    for (version, rows) in [
        ("4.0.18", include_str!("../fixtures/history-4.0.18.jsonl")),
        ("4.1.9", include_str!("../fixtures/history-4.1.9.jsonl")),
        ("5.0.5", include_str!("../fixtures/history-5.0.5.jsonl")),
    ] {
        insta::assert_snapshot!(format!("history_{version}"), told(Record::Parents, rows));
    }
}

/// A row of the history with these columns beside the ones it cannot lack.
fn parent(columns: &str) -> Result<Option<RecordedRepair>, RowError> {
    Record::Parents.read(&format!(
        r#"{{"parent_id":"04344440-e8a8-11f1-b405-5d58eca6c095","keyspace_name":"shop",
            "started_at":"2026-11-25 08:12:54.790Z"{columns}}}"#
    ))
}

#[test]
fn a_repair_that_ended_with_ranges_missing_has_failed() {
    let columns = r#","requested_ranges":["(1,2]","(2,3]"],"successful_ranges":["(1,2]"],
        "finished_at":"2026-11-25 08:12:55Z""#;
    let repair = parent(columns).unwrap().unwrap();
    assert_eq!(repair.failure.as_deref(), Some("1 of 2 ranges were repaired"));
    // As written where not one succeeded.
    let none = parent(&columns.replace("[\"(1,2]\"],\n", "[\"\"],\n"))
        .unwrap()
        .unwrap();
    assert_eq!(none.failure.as_deref(), Some("0 of 2 ranges were repaired"));
    assert_eq!(none.repaired, []);
}

#[test]
fn a_repair_of_unknown_options_counts_for_nobody() {
    assert!(!parent("").unwrap().unwrap().whole);
    assert!(parent(r#","options":{}"#).unwrap().unwrap().whole);
    for options in [
        r#"{"dataCenters":"dc1,dc2"}"#,
        r#"{"hosts":"10.0.0.1"}"#,
        r#"{"previewKind":"ALL"}"#,
        r#"{"forceRepair":"true"}"#,
        r#"{"pullRepair":"true"}"#,
        r#"{"paxosOnly":"true"}"#,
    ] {
        let repair = parent(&format!(r#","options":{options}"#)).unwrap().unwrap();
        assert!(!repair.whole, "{options}");
    }
}

#[test]
fn a_row_that_makes_no_sense_is_told() {
    let wrong = |row: &str| Record::Coordinated.read(row).unwrap_err().to_string();
    assert_eq!(
        wrong("<html>"),
        "not the columns of a repair: expected value at line 1 column 1"
    );
    assert!(
        wrong("{}").starts_with("not the columns of a repair: missing field `id`"),
        "{}",
        wrong("{}")
    );
    assert_eq!(
        parent(r#","requested_ranges":["0:1"]"#).unwrap_err().to_string(),
        "not the ranges of a repair: `0:1` is not a range of tokens ((start,end])"
    );
}

#[test]
fn fuzz_rows_of_repairs() {
    for (name, record, rows) in [
        (
            "rows of coordinated repairs",
            Record::Coordinated,
            include_str!("../fixtures/coordinated-5.0.5.jsonl"),
        ),
        (
            "rows of the repair history",
            Record::Parents,
            include_str!("../fixtures/history-5.0.5.jsonl"),
        ),
    ] {
        let samples: Vec<&str> = rows.lines().collect();
        ringkeeper_fuzz::text(name, &samples, |row| {
            record.read(row).map(drop).map_err(|error| error.to_string())
        });
    }
}
