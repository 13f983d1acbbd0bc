//! Writing memtables to disk.

use ringkeeper_cluster::{Endpoint, NodeError};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::jolokia::{Jolokia, Question};
use crate::probe::threads;
use crate::release::STORAGE_SERVICE;

pub(crate) const FLUSH: &str = "forceKeyspaceFlush(java.lang.String,[Ljava.lang.String;)";

/// Flushes these tables of a keyspace; all where none is named.
///
/// # Errors
/// When the node cannot be asked, does not know a table, or has an agent that could answer nothing else meanwhile.
pub(crate) async fn ask(
    jolokia: &Jolokia,
    node: Endpoint,
    keyspace: &str,
    tables: &[String],
) -> Result<(), NodeError> {
    threads::need_several(jolokia, node, "a flush").await?;
    let call = Question::exec(STORAGE_SERVICE, FLUSH, [json!(keyspace), json!(tables)]);
    let IgnoredAny = jolokia.ask(node, &[call]).await?.take()?;
    Ok(())
}
