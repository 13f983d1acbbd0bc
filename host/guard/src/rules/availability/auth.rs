//! The keyspace of logins, which Cassandra creates with one replica.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ringkeeper_cluster::{KeyspaceView, Snapshot};
use ringkeeper_ring::Replication;

use crate::scene::Scene;

const NAME: &str = "system_auth";
/// What authenticates nobody.
const NOBODY: &str = "AllowAllAuthenticator";
const REPLICAS: usize = 3;

/// Whether this is the keyspace of logins with a single replica somewhere, and nobody logs in. Where it is not known
/// whether anybody does, somebody may.
pub(super) fn is_without_use(scene: &Scene<'_>, name: &str, keyspace: &KeyspaceView) -> bool {
    let authenticates_nobody = scene.snapshot().authenticator.as_deref() == Some(NOBODY);
    name == NAME && authenticates_nobody && has_single_replica(&keyspace.keyspace.replication)
}

/// What cures this keyspace, where it is that of logins with a single replica and there are nodes for more.
pub(super) fn cure(snapshot: &Snapshot, name: &str, keyspace: &KeyspaceView) -> Option<String> {
    if name != NAME || !has_single_replica(&keyspace.keyspace.replication) {
        return None;
    }
    let mut centres: BTreeMap<&str, usize> = BTreeMap::new();
    for node in snapshot.nodes.values().filter(|node| !node.tokens.is_empty()) {
        *centres.entry(&node.data_centre).or_default() += 1;
    }
    if centres.values().all(|nodes| *nodes < 2) {
        return None;
    }
    let mut options = String::new();
    for (centre, nodes) in centres {
        let (centre, replicas) = (centre.replace('\'', "''"), nodes.min(REPLICAS));
        let _ = write!(options, ", '{centre}': {replicas}");
    }
    Some(format!(
        "ALTER KEYSPACE {NAME} WITH replication = {{'class': 'NetworkTopologyStrategy'{options}}}; then `nodetool repair {NAME}` on every node"
    ))
}

fn has_single_replica(replication: &Replication) -> bool {
    match replication {
        Replication::Simple(replicas) => replicas.all <= 1,
        Replication::NetworkTopology(wanted) => wanted.values().any(|replicas| replicas.all == 1),
        Replication::Local | Replication::Everywhere | Replication::Unknown { .. } => false,
    }
}
