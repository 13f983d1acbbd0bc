//! A segment as a file: lines of JSON that anybody can check without this program.

use super::{AuditRecord, AuditRow, AuditSegment};

const HASH: &str = "{\"hash\":\"";
const RECORD: &str = "\",\"record\":";

/// A record as a line: `{"hash":"…","record":{…}}`, in which the record stands as it was hashed.
#[must_use]
pub fn audit_line(row: &AuditRow) -> String {
    format!("{HASH}{}{RECORD}{}}}", row.hash, row.body)
}

/// The segment of a file, from its first line, and its records, from all others.
///
/// # Errors
/// Which line is none, in words.
pub fn read_audit_file(text: &str) -> Result<(AuditSegment, Vec<AuditRow>), String> {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let segment: AuditSegment =
        serde_json::from_str(first).map_err(|error| format!("line 1 describes no segment: {error}"))?;
    let rows = (2..)
        .zip(lines)
        .map(|(number, line)| row(line).ok_or_else(|| format!("line {number} is no record of an audit log")));
    Ok((segment, rows.collect::<Result<_, _>>()?))
}

fn row(line: &str) -> Option<AuditRow> {
    let (hash, rest) = line.strip_prefix(HASH)?.split_at_checked(64)?;
    let body = rest.strip_prefix(RECORD)?.strip_suffix('}')?;
    let record: AuditRecord = serde_json::from_str(body).ok()?;
    Some(AuditRow {
        number: record.number,
        at: record.at,
        hash: hash.to_owned(),
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AuditLog as _, Journal as _, MemoryJournal, Recorded, Version, samples};
    use ringkeeper_seams::Timestamp;

    async fn rows() -> Vec<AuditRow> {
        let journal = MemoryJournal::default();
        let events: Vec<_> = samples::one_of_each()
            .into_iter()
            .map(|event| Recorded {
                at: Timestamp::from_millis(7),
                event,
            })
            .collect();
        journal.append("shop", Version(0), &events).await.unwrap();
        journal.audit_read(0, 1_000).await.unwrap()
    }

    #[tokio::test]
    async fn a_line_is_json_and_read_as_it_was_written() {
        for written in rows().await {
            let line = audit_line(&written);
            let value: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["hash"], written.hash);
            assert_eq!(value["record"]["number"], written.number);
            assert_eq!(row(&line), Some(written));
        }
    }

    #[test]
    fn what_is_no_file_of_a_segment_is_refused_with_its_line() {
        let header =
            r#"{"segment":1,"first":1,"last":1,"before":"0","hash":"1","sealed_at":"2026-03-01T12:00:00Z"}"#;
        for (text, problem) in [
            (String::new(), "line 1 "),
            ("{}".to_owned(), "line 1 "),
            (format!("{header}\n{{}}"), "line 2 "),
            (format!("{header}\n{{\"hash\":\"é\",\"record\":{{}}}}"), "line 2 "),
        ] {
            let refused = read_audit_file(&text).unwrap_err();
            assert!(refused.starts_with(problem), "{refused}");
        }
    }
}
