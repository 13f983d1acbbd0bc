//! Following repair commands, and ending them.

use ringkeeper_cluster::{Endpoint, NodeError, RepairAnswer, RepairState};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::jolokia::{Answers, Jolokia, Question, first_line};
use crate::process;
use crate::release::STORAGE_SERVICE;

pub(crate) const STATUS: &str = "getParentRepairStatus(int)";
pub(crate) const TERMINATE: &str = "forceTerminateAllRepairSessions()";

/// How this command of the node stands.
///
/// # Errors
/// When the node cannot be asked or answers nonsense.
pub(crate) async fn state(
    jolokia: &Jolokia,
    node: Endpoint,
    command: i32,
) -> Result<RepairAnswer, NodeError> {
    let status = Question::exec(STORAGE_SERVICE, STATUS, [json!(command)]);
    answer(jolokia.ask(node, &[status, process::question()]).await?)
}

/// Ends every repair of this node.
///
/// # Errors
/// As for [`state`].
pub(crate) async fn terminate(jolokia: &Jolokia, node: Endpoint) -> Result<(), NodeError> {
    let call = Question::exec(STORAGE_SERVICE, TERMINATE, []);
    let IgnoredAny = jolokia.ask(node, &[call]).await?.take()?;
    Ok(())
}

fn answer(mut answers: Answers) -> Result<RepairAnswer, NodeError> {
    let words: Option<Vec<String>> = answers.take()?;
    let state = match words.as_deref() {
        None => RepairState::Unknown,
        Some([status, words @ ..]) => match status.as_str() {
            "IN_PROGRESS" => RepairState::Running,
            "COMPLETED" => RepairState::Completed(sentence(words)),
            "FAILED" => RepairState::Failed(sentence(words)),
            other => {
                let message = format!("answered a repair status nobody knows: `{}`", first_line(other));
                return Err(answers.nonsense(message));
            }
        },
        Some([]) => return Err(answers.nonsense("answered a repair status without a word")),
    };
    Ok(RepairAnswer {
        process: process::take(&mut answers)?,
        state,
    })
}

/// The node's words as one line.
fn sentence(words: &[String]) -> String {
    let lines: Vec<String> = words
        .iter()
        .map(|word| first_line(&ranges_counted(word)))
        .collect();
    lines.join("; ")
}

/// The same words with the ranges of a session counted, not listed: the reason comes after them, and would be cut off.
fn ranges_counted(words: &str) -> String {
    let listed = words.split_once(" for range [(").and_then(|(before, rest)| {
        let (ranges, after) = rest.split_once("]]")?;
        Some((before, ranges.matches("], (").count() + 1, after))
    });
    match listed {
        Some((before, count, after)) => format!("{before} for {count} ranges{after}"),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str) -> Result<RepairState, NodeError> {
        let body = format!(
            r#"[{{"status":200,"value":{status}}},{{"status":200,"value":{{"Name":"1@node","StartTime":1}}}}]"#
        );
        let answers = Answers::read("node".to_owned(), 2, body.as_bytes()).unwrap();
        Ok(answer(answers)?.state)
    }

    #[test]
    fn every_status_is_read_as_recorded() {
        for (status, expected) in [
            ("null", RepairState::Unknown),
            (r#"["IN_PROGRESS"]"#, RepairState::Running),
            (
                r#"["COMPLETED","Repair completed successfully","Repair command #1 finished in 0 seconds"]"#,
                RepairState::Completed(
                    "Repair completed successfully; Repair command #1 finished in 0 seconds".to_owned(),
                ),
            ),
            (
                r#"["FAILED","Unknown keyspace/cf pair (Shop.Nix)","Repair command #2 finished with error"]"#,
                RepairState::Failed(
                    "Unknown keyspace/cf pair (Shop.Nix); Repair command #2 finished with error".to_owned(),
                ),
            ),
        ] {
            assert_eq!(read(status).unwrap(), expected);
        }
    }

    #[test]
    fn why_a_session_failed_is_told_however_many_ranges_it_had() {
        let ranges = vec!["(-9031218452753634646,-8646911284551352321]"; 16].join(", ");
        let status = format!(
            r#"["FAILED","Repair session c1fda220 for range [{ranges}] failed with error Endpoint /127.0.0.3:7000 died"]"#
        );
        assert_eq!(
            read(&status).unwrap(),
            RepairState::Failed(
                "Repair session c1fda220 for 16 ranges failed with error Endpoint /127.0.0.3:7000 died"
                    .to_owned()
            )
        );
    }

    #[test]
    fn a_status_that_is_none_is_told() {
        for (status, expected) in [
            ("[]", "node: answered a repair status without a word"),
            (
                "[\"\\u001b[31m\"]",
                "node: answered a repair status nobody knows: `\\u{1b}[31m`",
            ),
            (
                "7",
                "node: answered wrong types: invalid type: integer `7`, expected a sequence: `7`",
            ),
        ] {
            assert_eq!(read(status).unwrap_err().to_string(), expected);
        }
    }
}
