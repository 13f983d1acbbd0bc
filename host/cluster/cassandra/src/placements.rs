//! Where a node says the ranges of a keyspace are (`getRangeToEndpointWithPortMap`).
//!
//! The answer is a map keyed by lists, which in JSON becomes an object whose keys are the text of the list:
//! `{"[-123, 456]": ["10.0.0.1:7000", "10.0.0.2:7000"]}`. It is a third of the size of a described ring.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, NodePlacement};
use ringkeeper_ring::{ParseTokenError, Token, TokenRange};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::jolokia::{Answers, Jolokia, Question};
use crate::release::STORAGE_SERVICE;
use crate::wire::WireEndpoint;

/// Keyspaces that are computed by the node, of which it has no ranges and which it lists nowhere.
const VIRTUAL: [&str; 2] = ["system_views", "system_virtual_schema"];

/// Asks a node where the ranges of this keyspace are; they come in the order of their ends.
///
/// # Errors
/// When the node gives no answer or does not know the keyspace.
pub(crate) async fn ask(
    jolokia: &Jolokia,
    node: Endpoint,
    keyspace: &str,
) -> Result<Vec<NodePlacement>, NodeError> {
    report(jolokia.ask(node, &questions(keyspace)).await?, keyspace)
}

/// The questions behind [`report`].
pub(crate) fn questions(keyspace: &str) -> [Question; 2] {
    let operation = "getRangeToEndpointWithPortMap(java.lang.String)";
    [
        Question::read(STORAGE_SERVICE, &["Keyspaces"]),
        Question::exec(STORAGE_SERVICE, operation, [Value::String(keyspace.to_owned())]),
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Known {
    keyspaces: BTreeSet<String>,
}

/// Makes placements of the answers to [`questions`].
fn report(mut answers: Answers, keyspace: &str) -> Result<Vec<NodePlacement>, NodeError> {
    let known: Known = answers.take()?;
    let by_range: BTreeMap<String, Vec<WireEndpoint>> = answers.take().map_err(|error| {
        // Cassandra fails on a keyspace it does not know with whatever Java says of nothing.
        let is_known = known.keyspaces.contains(keyspace) || VIRTUAL.contains(&keyspace);
        if is_known || error.kind != NodeErrorKind::Failed {
            return error;
        }
        let message = format!("keyspace `{keyspace}` is not known to this node");
        NodeError::new(NodeErrorKind::Failed, error.place, message)
    })?;
    let mut placements = by_range
        .into_iter()
        .map(|(range, replicas)| {
            let range = parse_range(&range).map_err(|error| answers.nonsense(error.to_string()))?;
            let replicas = replicas
                .into_iter()
                .map(|WireEndpoint(endpoint)| endpoint)
                .collect();
            Ok(NodePlacement { range, replicas })
        })
        .collect::<Result<Vec<_>, NodeError>>()?;
    placements.sort_by_key(|placement| placement.range.end);
    Ok(placements)
}

/// Reads a range: `[start, end]`.
fn parse_range(text: &str) -> Result<TokenRange, ParseRangeError> {
    let shape = || ParseRangeError::Shape(text.to_owned());
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .ok_or_else(shape)?;
    let (start, end) = inner.split_once(',').ok_or_else(shape)?;
    let token = |text: &str| -> Result<Token, ParseRangeError> { Ok(text.trim().parse()?) };
    Ok(TokenRange {
        start: token(start)?,
        end: token(end)?,
    })
}

/// A text that is no range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum ParseRangeError {
    #[error("`{0}` is not a range of tokens ([start, end])")]
    Shape(String),
    #[error(transparent)]
    Token(#[from] ParseTokenError),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn failed(keyspace: &str, why: &str) -> NodeError {
        let body = format!(
            r#"[{{"status":200,"value":{{"Keyspaces":["system","orders"]}}}},{{"status":500,"error":"{why}"}}]"#
        );
        let answers = Answers::read("node".to_owned(), 2, body.as_bytes()).unwrap();
        report(answers, keyspace).unwrap_err()
    }

    #[test]
    fn a_keyspace_the_node_does_not_know_is_named_instead_of_javas_failure() {
        let java = "java.lang.NullPointerException : this.metadata is null";
        let error = failed("nix", java);
        assert_eq!(error.kind, NodeErrorKind::Failed);
        assert_eq!(
            error.to_string(),
            "node: keyspace `nix` is not known to this node"
        );
    }

    #[test]
    fn a_failure_with_a_keyspace_the_node_knows_keeps_its_reason() {
        for keyspace in ["orders", "system_views"] {
            assert_eq!(
                failed(keyspace, "no such luck").to_string(),
                "node: the node failed: no such luck"
            );
        }
    }

    #[test]
    fn a_range_that_is_none_is_refused_by_name() {
        for (text, message) in [
            ("", "`` is not a range of tokens ([start, end])"),
            ("[1]", "`[1]` is not a range of tokens ([start, end])"),
            ("1, 2", "`1, 2` is not a range of tokens ([start, end])"),
            (
                "[1, x]",
                "`x` is not a Murmur3 token (a number from -2^63 to 2^63-1)",
            ),
            (
                "[1, 2, 3]",
                "`2, 3` is not a Murmur3 token (a number from -2^63 to 2^63-1)",
            ),
        ] {
            assert_eq!(parse_range(text).unwrap_err().to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn every_range_is_read_as_java_writes_it(start: i64, end: i64) {
            let range = parse_range(&format!("[{start}, {end}]")).unwrap();
            prop_assert_eq!((range.start.value(), range.end.value()), (start, end));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\[?[-0-9]{0,22}[, ]{0,3}\\PC{0,10}\\]?") {
            let _ = parse_range(&text);
        }
    }

    #[test]
    fn fuzz_ranges() {
        ringkeeper_fuzz::text(
            "ranges of placements",
            &["[-9223372036854775808,-12]", "[1, 2]"],
            |text| parse_range(text).map(drop).map_err(|error| error.to_string()),
        );
    }
}
