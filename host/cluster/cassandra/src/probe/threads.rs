//! How many threads answer for a node.
//!
//! The agent does not say how it is configured, but its threads have names: `jolokia-0`, `jolokia-1` and so on. A pool
//! makes them as requests come, so the agent is first given two requests at once; then its threads are counted.

use std::collections::BTreeSet;

use futures::future;
use ringkeeper_cluster::{AgentThreads, Endpoint, NodeError, NodeErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::jolokia::{Jolokia, Question};

pub(crate) const THREADING: &str = "java.lang:type=Threading";
pub(crate) const NAMES: &str = "getThreadInfo([J)";
/// How the agent's threads are called, unless an operator chose another name.
const PREFIX: &str = "jolokia-";
/// Searches in each of the two requests. One looks at thousands of names, takes about 5 ms and finds nothing: long
/// enough for the requests to overlap, and harmless.
const SEARCHES: usize = 3;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ThreadIds {
    all_thread_ids: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    thread_name: String,
}

/// Counts the threads of the agent.
pub(crate) async fn ask(jolokia: &Jolokia, node: Endpoint) -> Result<AgentThreads, NodeError> {
    keep_two_busy(jolokia, node).await?;
    let ids: ThreadIds = jolokia.ask(node, &[ids()]).await?.take()?;
    let names = Question::exec(THREADING, NAMES, [json!(ids.all_thread_ids)]);
    let mut answers = jolokia.ask(node, &[names]).await?;
    // A thread that has ended since is null.
    let threads = match answers.take_if_known::<Vec<Option<Thread>>>()? {
        Ok(threads) => threads,
        Err(_) => return Ok(AgentThreads::Unknown),
    };
    Ok(judge(
        threads.iter().flatten().map(|thread| thread.thread_name.as_str()),
    ))
}

/// Refuses a long call where the agent has one thread, which could answer nothing else meanwhile.
pub(crate) async fn need_several(jolokia: &Jolokia, node: Endpoint, call: &str) -> Result<(), NodeError> {
    match ask(jolokia, node).await? {
        AgentThreads::Single => Err(NodeError::new(
            NodeErrorKind::Unsupported,
            jolokia.place(node),
            format!(
                "{call} would blind the agent, which has one thread: give it several (executor=fixed,threadNr=4)"
            ),
        )),
        AgentThreads::Several | AgentThreads::Unknown => Ok(()),
    }
}

/// Asks for the numbers of all threads.
pub(crate) fn ids() -> Question {
    Question::read(THREADING, &["AllThreadIds"])
}

async fn keep_two_busy(jolokia: &Jolokia, node: Endpoint) -> Result<(), NodeError> {
    let search = Question::Search {
        mbean: "org.apache.cassandra.metrics:type=Table,name=None,*".to_owned(),
    };
    let long = vec![search; SEARCHES];
    let (first, second) = future::join(jolokia.ask(node, &long), jolokia.ask(node, &long)).await;
    let found: Value = first?.take()?;
    let _: Value = second?.take()?;
    debug_assert_eq!(found, json!([]), "no table has a metric of this name");
    Ok(())
}

fn judge<'a>(names: impl Iterator<Item = &'a str>) -> AgentThreads {
    let agent: BTreeSet<&str> = names.filter(|name| name.starts_with(PREFIX)).collect();
    match agent.len() {
        0 => AgentThreads::Unknown,
        1 => AgentThreads::Single,
        _ => AgentThreads::Several,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_are_counted_by_name() {
        for (names, expected) in [
            (&["main", "jolokia-0"][..], AgentThreads::Single),
            (&["jolokia-0", "jolokia-1", "main"], AgentThreads::Several),
            (&["main", "http-nio-8080-exec-1"], AgentThreads::Unknown),
            (&[], AgentThreads::Unknown),
        ] {
            assert_eq!(judge(names.iter().copied()), expected, "{names:?}");
        }
    }
}
