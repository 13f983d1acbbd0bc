//! Roles and permissions in a single copy: nobody can log in while that node is down.

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::cluster::{Keyspace, Replication};
use ringkeeper_sdk::prelude::*;

use super::{Misfit, Sizes};
use crate::world::SYSTEM_AUTH;

/// Replicas that are enough in any data centre.
const ENOUGH: usize = 3;

/// Cassandra makes `system_auth` with one replica. Where more nodes would allow more, says how to change that.
pub(super) fn single(keyspace: &Keyspace, sizes: &Sizes<'_>) -> Option<Misfit> {
    let now = |data_centre: &str| match &keyspace.replication {
        Replication::NetworkTopology(data_centres) => {
            let of = data_centres.iter().find(|dc| dc.data_centre == data_centre);
            of.map_or(0, |dc| dc.replicas as usize)
        }
        _ => 0,
    };
    let single = match &keyspace.replication {
        Replication::Simple(replicas) => *replicas == 1 && sizes.values().sum::<usize>() > 1,
        Replication::NetworkTopology(_) => sizes.iter().any(|(name, nodes)| *nodes > 1 && now(name) == 1),
        _ => false,
    };
    if !single {
        return None;
    }
    let wanted: Vec<String> = sizes
        .iter()
        .filter(|(_, nodes)| **nodes > 0)
        .map(|(name, nodes)| {
            format!(
                "'{}': {}",
                name.replace('\'', "''"),
                (*nodes).min(ENOUGH.max(now(name)))
            )
        })
        .collect();
    let replication = wanted.join(", ");
    Some(Misfit {
        severity: Severity::Advice,
        what: "keeps a single copy of roles and permissions".to_owned(),
        evidence: Evidence {
            name: "replicas".to_owned(),
            value: "1".to_owned(),
            limit: Some(format!("{ENOUGH}, or all nodes of a smaller data centre")),
        },
        suggestion: format!(
            "Run `ALTER KEYSPACE {SYSTEM_AUTH} WITH replication = {{'class': 'NetworkTopologyStrategy', {replication}}};` and \
             then repair {SYSTEM_AUTH} on every node. Where clients log in, they cannot while that copy's node is down."
        ),
    })
}
