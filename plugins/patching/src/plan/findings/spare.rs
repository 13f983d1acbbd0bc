//! Keyspaces that cannot spare a single replica: none of their nodes can go while they keep their consistency level.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_sdk::cluster::{Keyspace, Replication};
use ringkeeper_sdk::prelude::*;

use crate::world::World;

/// Where roles and permissions are.
const AUTH: &str = "system_auth";
/// Replicas that can spare one at any quorum.
const ENOUGH: usize = 3;

/// A finding for each keyspace that holds up the restarts in these data centres.
pub(super) fn findings(world: &World, centres: &BTreeSet<&str>) -> Vec<Finding> {
    let mut sizes = BTreeMap::<&str, usize>::new();
    for node in &world.nodes {
        *sizes.entry(&node.data_centre).or_default() += 1;
    }
    world
        .keyspaces
        .iter()
        .filter_map(|keyspace| finding(keyspace, centres, &sizes))
        .collect()
}

fn finding(keyspace: &Keyspace, centres: &BTreeSet<&str>, sizes: &BTreeMap<&str, usize>) -> Option<Finding> {
    let level = keyspace.consistency_level.as_deref()?;
    let tight = tight(&keyspace.replication, level, centres)?;
    let Tight {
        place,
        replicas,
        needed,
    } = tight;
    let name = &keyspace.name;
    let title = match replicas {
        1 => {
            format!("{name} has a single replica in {place}: while its node is away, what it holds is away.")
        }
        _ => format!(
            "{name} needs {needed} of its {replicas} replicas in {place} at {level}, so none can be away."
        ),
    };
    let finding = Finding::new(Severity::Warning, format!("restart-waits/{name}"), title)
        .about(Subject::Keyspace(name.clone()), Owner::Configuration)
        .beyond("replicas needed", needed, replicas.saturating_sub(1));
    Some(if name == AUTH {
        let wanted: Vec<String> = sizes
            .iter()
            .map(|(centre, nodes)| format!("'{}': {}", centre.replace('\'', "''"), (*nodes).min(ENOUGH)))
            .collect();
        finding.suggest(format!(
            "Run `ALTER KEYSPACE {AUTH} WITH replication = {{'class': 'NetworkTopologyStrategy', {}}};` and then repair \
             {AUTH} on every node. The host holds up restarts for it only where clients log in.",
            wanted.join(", ")
        ))
    } else {
        finding.suggest(
            "The host will not restart nodes that hold it. Give it more replicas, or set a lower level or a waiver for it \
             in [policy].",
        )
    })
}

/// Replicas that are all needed.
struct Tight {
    place: String,
    replicas: usize,
    needed: usize,
}

/// Where in these data centres the level needs all replicas; none where it can spare one, or that cannot be told.
fn tight(replication: &Replication, level: &str, centres: &BTreeSet<&str>) -> Option<Tight> {
    let whole = |replicas: usize| {
        let needed = match level {
            "ONE" => 1,
            "TWO" => 2,
            "THREE" => 3,
            "ALL" => replicas,
            "QUORUM" | "SERIAL" | "LOCAL_QUORUM" | "LOCAL_SERIAL" | "EACH_QUORUM" => replicas / 2 + 1,
            _ => return None,
        };
        is_tight("the ring".to_owned(), replicas, needed)
    };
    match (replication, level) {
        (Replication::NetworkTopology(wanted), "LOCAL_QUORUM" | "LOCAL_SERIAL" | "EACH_QUORUM") => wanted
            .iter()
            .filter(|one| centres.contains(one.data_centre.as_str()))
            .find_map(|one| {
                let replicas = one.replicas as usize;
                is_tight(one.data_centre.clone(), replicas, replicas / 2 + 1)
            }),
        (Replication::NetworkTopology(wanted), _) => {
            whole(wanted.iter().map(|one| one.replicas as usize).sum())
        }
        (Replication::Simple(replicas), _) => whole(*replicas as usize),
        (Replication::Local | Replication::Everywhere | Replication::Unknown(_), _) => None,
    }
}

fn is_tight(place: String, replicas: usize, needed: usize) -> Option<Tight> {
    (replicas > 0 && needed >= replicas).then_some(Tight {
        place,
        replicas,
        needed,
    })
}
