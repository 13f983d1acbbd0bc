//! What a plan has to say beside its steps.

use std::collections::BTreeMap;

use ringkeeper_sdk::cluster::Replication;
use ringkeeper_sdk::prelude::*;

use crate::plan::draft::Draft;
use crate::plan::group::Grouped;
use crate::words::{count, duration, list};
use crate::world::{Chosen, World};

/// A finding for everything that a person should know of this plan.
pub(crate) fn findings(
    world: &World,
    maps: &[Grouped],
    drafts: &[Draft],
    data_centres: &[String],
    put_together: bool,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = down(world, drafts).collect();
    findings.extend(
        world
            .chosen
            .iter()
            .flat_map(|chosen| too_few_nodes(world, chosen)),
    );
    findings.extend(single_replicas(world, maps, data_centres));
    findings.extend(world.left_out.iter().map(|(keyspace, why)| {
        Finding::new(
            Severity::Advice,
            format!("not-repaired/{keyspace}"),
            format!("{keyspace} is not repaired: {why}."),
        )
        .about(Subject::Keyspace(keyspace.clone()), Owner::Configuration)
    }));
    findings.extend(put_together.then(|| long_steps(drafts)));
    findings
}

/// Every replica that is not up, with the number of steps that wait for it.
fn down<'a>(world: &'a World, drafts: &'a [Draft]) -> impl Iterator<Item = Finding> + use<'a> {
    world.nodes.iter().enumerate().filter_map(|(place, node)| {
        let since = node.not_up_since?;
        let waiting = drafts.iter().filter(|draft| draft.nodes.contains(&place)).count();
        let seconds = u64::try_from(world.now.saturating_sub(since) / 1_000).unwrap_or(0);
        let title = format!(
            "{} is not up; {} of {} wait until it is.",
            node.address,
            waiting,
            count(drafts.len(), "step")
        );
        let finding = Finding::new(Severity::Warning, format!("repair-waits/{}", node.id), title)
            .about(Subject::Node(node.id.clone()), Owner::Platform)
            .seen("not up for", duration(seconds));
        (waiting > 0).then_some(finding)
    })
}

/// Keyspaces that ask for more replicas than a data centre has nodes.
fn too_few_nodes(world: &World, chosen: &Chosen) -> Vec<Finding> {
    let finding = |place: &str, replicas: usize, nodes: usize| {
        let keyspace = &chosen.keyspace;
        let title = format!(
            "{keyspace} asks for {replicas} replicas in {place}, which has {}.",
            count(nodes, "node")
        );
        Finding::new(
            Severity::Advice,
            format!("more-replicas-than-nodes/{keyspace}/{place}"),
            title,
        )
        .about(Subject::Keyspace(keyspace.clone()), Owner::Configuration)
        .beyond("replicas", replicas, nodes)
        .suggest("Repaired are the replicas there are. Ask for as many as there are nodes, or add nodes.")
    };
    match &chosen.replication {
        Replication::Simple(replicas) if *replicas as usize > world.nodes.len() => {
            vec![finding("the ring", *replicas as usize, world.nodes.len())]
        }
        Replication::NetworkTopology(wanted) => wanted
            .iter()
            .filter_map(|wanted| {
                let there = world
                    .nodes
                    .iter()
                    .filter(|node| node.data_centre == wanted.data_centre);
                let (replicas, nodes) = ((wanted.replicas + wanted.transient) as usize, there.count());
                (replicas > nodes).then(|| finding(&wanted.data_centre, replicas, nodes))
            })
            .collect(),
        Replication::Simple(_) | Replication::Local | Replication::Everywhere | Replication::Unknown(_) => {
            Vec::new()
        }
    }
}

/// Keyspaces with ranges that one node alone holds.
fn single_replicas(world: &World, maps: &[Grouped], data_centres: &[String]) -> Option<Finding> {
    let mut of_keyspace = BTreeMap::new();
    for chosen in &world.chosen {
        let single = maps.get(chosen.map).map_or(0, |map| map.single);
        if single > 0 {
            of_keyspace.insert(chosen.keyspace.as_str(), single);
        }
    }
    if of_keyspace.is_empty() {
        return None;
    }
    let place = if data_centres.is_empty() {
        String::new()
    } else {
        format!(" in {}", list(data_centres))
    };
    let keyspaces: Vec<&str> = of_keyspace.keys().copied().collect();
    let title = format!(
        "Ranges of {} have a single replica{place}, which has nothing to agree with.",
        list(&keyspaces)
    );
    let finding =
        Finding::new(Severity::Info, "single-replica", title).about(Subject::Cluster, Owner::Configuration);
    let facts = of_keyspace.into_iter();
    Some(facts.fold(finding, |finding, (keyspace, ranges)| {
        finding.seen(keyspace, format_args!("{} left out", count(ranges, "range")))
    }))
}

/// That steps are of several commands, as the plan would else be too long.
fn long_steps(drafts: &[Draft]) -> Finding {
    let longest = drafts.iter().map(|draft| draft.seconds).fold(0.0, f64::max);
    let title = "Steps are put together, as there would be too many else.";
    Finding::new(Severity::Info, "long-steps", title)
        .about(Subject::Cluster, Owner::Unknown)
        .seen("longest step", duration(longest as u64))
        .suggest("Nothing need be done. A run that is paused ends its step first.")
}
