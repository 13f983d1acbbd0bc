//! Which process answers.

use ringkeeper_cluster::{NodeError, ProcessIdentity};
use ringkeeper_seams::Timestamp;
use serde::Deserialize;

use crate::jolokia::{Answers, Question};

const RUNTIME: &str = "java.lang:type=Runtime";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Runtime {
    name: String,
    start_time: i64,
}

/// Asks which process answers.
pub(crate) fn question() -> Question {
    Question::read(RUNTIME, &["Name", "StartTime"])
}

/// Takes the answer to [`question`].
pub(crate) fn take(answers: &mut Answers) -> Result<ProcessIdentity, NodeError> {
    let runtime: Runtime = answers.take()?;
    Ok(ProcessIdentity {
        name: runtime.name,
        started_at: Timestamp::from_millis(runtime.start_time),
    })
}
