//! Draining a node.

use std::time::Duration;

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind};
use serde::de::IgnoredAny;

use crate::jolokia::{Jolokia, Question};
use crate::lane::Lanes;
use crate::probe::threads;
use crate::release::STORAGE_SERVICE;

pub(crate) const DRAIN: &str = "drain()";
/// How long a drain may take: all memtables are written and all hints and batches end meanwhile.
const LIMIT: Duration = Duration::from_secs(300);

/// Drains the node; the request is sent once. A node that is drained already does nothing and answers at once.
///
/// # Errors
/// When the node cannot be asked, fails, or has an agent that could answer nothing else meanwhile. After
/// [`NodeErrorKind::TimedOut`] it may go on.
pub(crate) async fn ask(jolokia: &Jolokia, lanes: &Lanes, node: Endpoint) -> Result<(), NodeError> {
    // First, for it also finds out soon whether anybody is there.
    threads::need_several(jolokia, node, "a drain").await?;
    call(jolokia, lanes, node, LIMIT).await
}

async fn call(jolokia: &Jolokia, lanes: &Lanes, node: Endpoint, limit: Duration) -> Result<(), NodeError> {
    let Ok(_lane) = tokio::time::timeout(limit, lanes.enter(node)).await else {
        let message = format!("another long call was under way there for {limit:?}");
        return Err(NodeError::new(
            NodeErrorKind::TimedOut,
            jolokia.place(node),
            message,
        ));
    };
    let call = Question::exec(STORAGE_SERVICE, DRAIN, []);
    let IgnoredAny = jolokia.ask_once_within(limit, node, &[call]).await?.take()?;
    Ok(())
}

#[cfg(test)]
mod tests;
