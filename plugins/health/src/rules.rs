//! The rules: each a pure function over the world, in a file of its own.

mod availability;
mod certificates;
mod clients;
mod clock;
mod commitlog;
mod compactions;
mod disk;
mod disputed;
mod down;
mod dropped;
mod flapping;
mod garbage;
mod gossip;
mod heap;
mod hints;
mod inodes;
mod iowait;
mod meanwhile;
mod membership;
mod network;
mod oom;
mod process;
mod raid;
mod read_only;
mod replication;
mod restarts;
mod schema;
mod services;
mod silent;
mod steal;
mod swap;
mod updates;

use std::cmp::Reverse;

use ringkeeper_sdk::prelude::*;

use ringkeeper_sdk::Evidence;

use crate::settings::Settings;
use crate::words;
use crate::world::{Member, Place, World};

/// One rule.
type Rule = fn(&World, &Settings) -> Vec<Finding>;

/// All of them. To add one, add its file and its line.
const RULES: &[Rule] = &[
    down::judge,
    process::judge,
    availability::judge,
    disputed::judge,
    silent::judge,
    flapping::judge,
    gossip::judge,
    services::judge,
    membership::judge,
    schema::judge,
    replication::judge,
    heap::judge,
    garbage::judge,
    compactions::judge,
    dropped::judge,
    clients::judge,
    hints::judge,
    disk::judge,
    inodes::judge,
    commitlog::judge,
    read_only::judge,
    iowait::judge,
    steal::judge,
    swap::judge,
    network::judge,
    clock::judge,
    raid::judge,
    oom::judge,
    restarts::judge,
    certificates::judge,
    updates::judge,
];

/// What all rules find, the worst first. While no node answers, all else is old: then only that is said.
pub(crate) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    if world.is_dark() {
        return silent::judge(world, settings);
    }
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(world, settings)).collect();
    findings.sort_by(|a, b| (Reverse(rank(a.severity)), &a.key).cmp(&(Reverse(rank(b.severity)), &b.key)));
    findings
}

fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 0,
        Severity::Advice => 1,
        Severity::Warning => 2,
        Severity::Severe => 3,
    }
}

/// A finding about one node, keyed by rule and host id.
fn about_node(severity: Severity, rule: &str, member: &Member, owner: Owner, title: String) -> Finding {
    let id = &member.node.id;
    Finding::new(severity, format!("{rule}/{id}"), title).about(Subject::Node(id.clone()), owner)
}

/// The same trouble of many nodes.
struct Alike {
    rule: &'static str,
    /// The trouble without the node, as in `{what} on 12 nodes`.
    what: &'static str,
}

impl Alike {
    /// Findings of single nodes as they are, or one that stands for them all if they are too many to read.
    fn tell(&self, world: &World, settings: &Settings, found: Vec<(Place, Finding)>) -> Vec<Finding> {
        if found.len() <= settings.nodes_told_apart as usize {
            return found.into_iter().map(|(_, finding)| finding).collect();
        }
        let mut found = found;
        found.sort_by_key(|(_, finding)| Reverse(rank(finding.severity)));
        let Some((_, worst)) = found.first() else {
            return Vec::new();
        };
        let title = format!("{} on {}.", self.what, words::count(found.len(), "node"));
        let mut told = Finding::new(worst.severity, self.rule, title).about(Subject::Cluster, worst.owner);
        told.suggestion.clone_from(&worst.suggestion);
        let shown = settings.nodes_told_apart as usize;
        for (place, finding) in found.iter().take(shown) {
            let node = world.name(*place);
            told.evidence
                .extend(finding.evidence.iter().take(1).map(|fact| Evidence {
                    name: format!("{node}: {}", fact.name),
                    value: fact.value.clone(),
                    limit: fact.limit.clone(),
                }));
        }
        vec![told.seen("and on", words::count(found.len() - shown, "more node"))]
    }
}

#[cfg(test)]
mod tests;
