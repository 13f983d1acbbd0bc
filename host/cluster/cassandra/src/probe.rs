//! What a node's management endpoint is and can do.

mod operations;
pub(crate) mod threads;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use ringkeeper_cluster::{Endpoint, NodeError, Probe};
use serde::Deserialize;

use crate::jolokia::{Jolokia, Question};
use crate::release::{Release, STORAGE_SERVICE};

/// The storage service's operations, by Cassandra version: nodes of one version have the same ones, and the list is
/// the largest answer of a probe.
#[derive(Debug, Default)]
pub(crate) struct KnownOperations {
    by_version: Mutex<BTreeMap<String, Arc<BTreeSet<String>>>>,
}

impl KnownOperations {
    fn of(&self, version: &str) -> Option<Arc<BTreeSet<String>>> {
        self.by_version
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(version)
            .cloned()
    }

    fn learn(&self, version: String, operations: Arc<BTreeSet<String>>) {
        self.by_version
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(version, operations);
    }
}

#[derive(Deserialize)]
struct Agent {
    agent: String,
}

/// Probes one node.
pub(crate) async fn ask(
    jolokia: &Jolokia,
    node: Endpoint,
    known: &KnownOperations,
) -> Result<Probe, NodeError> {
    let mut answers = jolokia
        .ask(node, &[Release::question(), Question::Version])
        .await?;
    let release = Release::take(&mut answers)?;
    let agent: Agent = answers.take()?;
    let operations = match known.of(&release.version) {
        Some(operations) => operations,
        None => {
            let operations = Arc::new(ask_operations(jolokia, node).await?);
            known.learn(release.version.clone(), Arc::clone(&operations));
            operations
        }
    };
    Ok(Probe {
        agent: format!("Jolokia {}", agent.agent),
        threads: threads::ask(jolokia, node).await?,
        release_version: release.version,
        operations: operations.as_ref().clone(),
    })
}

async fn ask_operations(jolokia: &Jolokia, node: Endpoint) -> Result<BTreeSet<String>, NodeError> {
    let path = STORAGE_SERVICE.replacen(':', "/", 1);
    let mut answers = jolokia.ask(node, &[Question::List { path }]).await?;
    Ok(operations::signatures(answers.take()?))
}
