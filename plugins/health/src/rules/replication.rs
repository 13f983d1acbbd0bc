//! Keyspaces whose replication does not fit the cluster.

mod system_auth;

use std::collections::BTreeMap;

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::cluster::{Keyspace, Replication};
use ringkeeper_sdk::prelude::*;

use super::rank;
use crate::availability::{Need, needs, replicas};
use crate::settings::Settings;
use crate::words;
use crate::world::{SYSTEM_AUTH, World};

/// Full members by data centre.
type Sizes<'w> = BTreeMap<&'w str, usize>;

/// One thing that does not fit.
struct Misfit {
    severity: Severity,
    /// What, after the keyspace's name.
    what: String,
    evidence: Evidence,
    suggestion: String,
}

/// One finding for each keyspace, the worst misfit in its title. Of Cassandra's own keyspaces only `system_auth` is
/// judged, and any that could never keep its level.
pub(super) fn judge(world: &World, _: &Settings) -> Vec<Finding> {
    let sizes = world.data_centres();
    let mut findings = Vec::new();
    for keyspace in &world.keyspaces {
        let mut misfits = impossible(keyspace, &sizes);
        if keyspace.name == SYSTEM_AUTH {
            misfits.extend(system_auth::single(keyspace, &sizes));
        }
        if !keyspace.is_system {
            misfits.extend(data_centres(keyspace, &sizes));
            misfits.extend(simple(keyspace, &sizes));
            misfits.extend(single(keyspace, &sizes));
        }
        findings.extend(finding(keyspace, misfits));
    }
    findings
}

fn finding(keyspace: &Keyspace, misfits: Vec<Misfit>) -> Option<Finding> {
    let worst = misfits.iter().rev().max_by_key(|misfit| rank(misfit.severity))?;
    let name = &keyspace.name;
    let title = format!("Keyspace {name} {}.", worst.what);
    let mut finding = Finding::new(worst.severity, format!("replication/{name}"), title)
        .about(Subject::Keyspace(name.clone()), Owner::Configuration)
        .suggest(worst.suggestion.as_str());
    finding
        .evidence
        .extend(misfits.into_iter().map(|misfit| misfit.evidence));
    Some(finding)
}

/// Levels that cannot be kept even with every node up.
fn impossible(keyspace: &Keyspace, sizes: &Sizes<'_>) -> Vec<Misfit> {
    let Some(level) = &keyspace.consistency_level else {
        return Vec::new();
    };
    let needs = needs(&keyspace.replication, level, sizes).unwrap_or_default();
    let misfit = |need: Need| {
        let there = there(&keyspace.replication, &need, sizes);
        let place = need
            .data_centre
            .as_ref()
            .map(|name| format!(" in {name}"))
            .unwrap_or_default();
        (there < need.needed).then(|| Misfit {
            severity: Severity::Severe,
            what: format!("can never be read or written at {level}{place}"),
            evidence: Evidence {
                name: format!("replicas that can exist{place}"),
                value: there.to_string(),
                limit: Some(format!("needs {} of {}", need.needed, need.replicas)),
            },
            suggestion:
                "Lower the replication factor to the number of nodes, add nodes, or use a weaker level."
                    .to_owned(),
        })
    };
    needs.into_iter().filter_map(misfit).collect()
}

/// How many replicas that a level counts can exist, with every node up.
fn there(replication: &Replication, need: &Need, sizes: &Sizes<'_>) -> usize {
    let size = |name: &str| sizes.get(name).copied().unwrap_or(0);
    match (&need.data_centre, replication) {
        (Some(data_centre), _) => need.replicas.min(size(data_centre)),
        (None, Replication::NetworkTopology(data_centres)) => data_centres
            .iter()
            .map(|dc| size(&dc.data_centre).min(dc.replicas as usize))
            .sum(),
        (None, _) => need.replicas.min(sizes.values().sum()),
    }
}

/// Data centres that have too few nodes, or none because they do not exist. One whose nodes all still join is not
/// judged.
fn data_centres(keyspace: &Keyspace, sizes: &Sizes<'_>) -> Vec<Misfit> {
    let asked: Vec<(&str, usize)> = match &keyspace.replication {
        Replication::NetworkTopology(data_centres) => data_centres
            .iter()
            .map(|dc| (dc.data_centre.as_str(), dc.replicas as usize))
            .collect(),
        Replication::Simple(replicas) => {
            let nodes = sizes.values().sum();
            let misfit = (nodes > 0 && *replicas as usize > nodes)
                .then(|| too_few("the cluster", *replicas as usize, nodes));
            return misfit.into_iter().collect();
        }
        _ => return Vec::new(),
    };
    let misfit = |(name, replicas): (&str, usize)| match sizes.get(name) {
        None if replicas > 0 => Some(Misfit {
            severity: Severity::Warning,
            what: format!("is replicated to data centre {name}, which no node is in"),
            evidence: Evidence {
                name: format!("replicas in {name}"),
                value: replicas.to_string(),
                limit: Some("0, as it does not exist".to_owned()),
            },
            suggestion: "See whether the nodes spell the name so, and take it out of the replication if not."
                .to_owned(),
        }),
        Some(nodes) if *nodes > 0 && replicas > *nodes => Some(too_few(name, replicas, *nodes)),
        _ => None,
    };
    asked.into_iter().filter_map(misfit).collect()
}

fn too_few(place: &str, replicas: usize, nodes: usize) -> Misfit {
    Misfit {
        severity: Severity::Warning,
        what: format!(
            "wants {replicas} replicas in {place}, which has {}",
            words::count(nodes, "node")
        ),
        evidence: Evidence {
            name: format!("replicas in {place}"),
            value: replicas.to_string(),
            limit: Some(format!("at most {nodes}")),
        },
        suggestion: "Lower the replication factor to the number of nodes, or add nodes.".to_owned(),
    }
}

fn simple(keyspace: &Keyspace, sizes: &Sizes<'_>) -> Option<Misfit> {
    (matches!(keyspace.replication, Replication::Simple(_)) && sizes.len() > 1).then(|| Misfit {
        severity: Severity::Advice,
        what: format!("uses SimpleStrategy in a cluster of {} data centres", sizes.len()),
        evidence: Evidence {
            name: "strategy".to_owned(),
            value: "SimpleStrategy".to_owned(),
            limit: Some("NetworkTopologyStrategy".to_owned()),
        },
        suggestion:
            "It ignores data centres and racks: change to NetworkTopologyStrategy, then repair in full."
                .to_owned(),
    })
}

/// One copy, where more nodes would allow more. Three let one node fail at a quorum; two only keep the data.
fn single(keyspace: &Keyspace, sizes: &Sizes<'_>) -> Option<Misfit> {
    let nodes: usize = sizes.values().sum();
    let (wanted, gain) = match nodes {
        2 => (2, "one node may be lost"),
        _ => (3, "one node may fail"),
    };
    (replicas(&keyspace.replication, sizes) == Some(1) && nodes > 1).then(|| Misfit {
        severity: Severity::Advice,
        what: "keeps a single copy of its data".to_owned(),
        evidence: Evidence {
            name: "replicas".to_owned(),
            value: "1".to_owned(),
            limit: Some(format!("{wanted}, so that {gain}")),
        },
        suggestion: format!(
            "Raise the replication factor to {wanted} and repair in full: as it is, a lost node is lost data."
        ),
    })
}

#[cfg(test)]
mod tests;
