//! Starting a repair.

use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind, RepairCommand, RepairOrder};
use serde_json::json;

use super::options;
use crate::jolokia::{Answers, Jolokia, Question};
use crate::process;
use crate::release::STORAGE_SERVICE;

pub(crate) const START: &str = "repairAsync(java.lang.String,java.util.Map)";

/// Starts a repair; the request is sent once.
///
/// # Errors
/// [`NodeErrorKind::Unreachable`], [`NodeErrorKind::Unauthorised`], [`NodeErrorKind::Unsupported`] and
/// [`NodeErrorKind::Failed`] say that nothing was started; after any other kind it is in doubt.
pub(crate) async fn start(
    jolokia: &Jolokia,
    node: Endpoint,
    order: &RepairOrder,
) -> Result<RepairCommand, NodeError> {
    let options = options::of(order).map_err(|error| {
        NodeError::new(
            NodeErrorKind::Unsupported,
            jolokia.place(node),
            format!("nothing was started: {error}"),
        )
    })?;
    let call = Question::exec(STORAGE_SERVICE, START, [json!(order.keyspace), options]);
    command(jolokia.ask_once(node, &[call, process::question()]).await?)
}

/// Makes the command of the answers.
fn command(mut answers: Answers) -> Result<RepairCommand, NodeError> {
    let number = answers.take()?;
    let process = process::take(&mut answers).map_err(|error| {
        // The command was taken: no kind of error may say that it was not.
        let message = format!(
            "took repair command {number}, but not as which process: {}",
            error.message
        );
        NodeError::new(NodeErrorKind::Nonsense, error.place, message)
    })?;
    Ok(RepairCommand { number, process })
}

#[cfg(test)]
mod tests;
