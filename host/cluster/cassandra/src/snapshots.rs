//! Snapshots on a node: taken, listed and cleared.

mod details;

use std::collections::BTreeMap;

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, TableSnapshot};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::jolokia::{Jolokia, Question};
use crate::probe::threads;
use crate::release::STORAGE_SERVICE;

pub(crate) const TAKE: &str = "takeSnapshot(java.lang.String,java.util.Map,[Ljava.lang.String;)";
pub(crate) const CLEAR: &str = "clearSnapshot(java.lang.String,[Ljava.lang.String;)";

/// Flushes keyspaces and keeps their files; all keyspaces where none is named.
///
/// # Errors
/// When the node cannot be asked, has such a snapshot already, or has an agent that could answer nothing else meanwhile.
pub(crate) async fn take(
    jolokia: &Jolokia,
    node: Endpoint,
    tag: &str,
    keyspaces: &[String],
) -> Result<(), NodeError> {
    threads::need_several(jolokia, node, "a snapshot").await?;
    let call = Question::exec(STORAGE_SERVICE, TAKE, [json!(tag), json!({}), json!(keyspaces)]);
    let IgnoredAny = jolokia.ask_once(node, &[call]).await?.take()?;
    Ok(())
}

/// Asks what the node holds in snapshots.
pub(crate) fn details() -> Question {
    Question::text(STORAGE_SERVICE, "SnapshotDetails")
}

/// What the node holds in snapshots. It is read as text: from Cassandra 4.1 on, a snapshot that never expires has nothing
/// where its end would stand, and Jolokia breaks off in the middle of such an answer.
///
/// # Errors
/// When the node cannot be asked or answers nonsense.
pub(crate) async fn list(jolokia: &Jolokia, node: Endpoint) -> Result<Vec<TableSnapshot>, NodeError> {
    let mut answers = jolokia.ask(node, &[details()]).await?;
    let by_tag: BTreeMap<String, String> = answers.take()?;
    let mut found = Vec::new();
    for (tag, text) in &by_tag {
        found.extend(details::read(tag, text).map_err(|words| answers.nonsense(words))?);
    }
    found.sort_unstable();
    Ok(found)
}

/// Removes a snapshot.
///
/// # Errors
/// When the node cannot be asked or fails.
pub(crate) async fn clear(jolokia: &Jolokia, node: Endpoint, tag: &str) -> Result<(), NodeError> {
    if tag.is_empty() {
        return Err(NodeError::new(
            NodeErrorKind::Unsupported,
            jolokia.place(node),
            "a snapshot without a name cannot be cleared: Cassandra would clear all of them",
        ));
    }
    let call = Question::exec(STORAGE_SERVICE, CLEAR, [json!(tag), json!([])]);
    let IgnoredAny = jolokia.ask(node, &[call]).await?.take()?;
    Ok(())
}
