//! What a plan has to say beside its steps: what the host's guard will hold up, and until when.

mod spare;

use std::collections::BTreeSet;

use ringkeeper_sdk::prelude::*;

use crate::words::duration;
use crate::world::{Node, Presence, World};

/// A finding for everything that a person should know of this plan.
pub(crate) fn findings(world: &World, chosen: &[&Node]) -> Vec<Finding> {
    if chosen.is_empty() {
        return Vec::new();
    }
    let centres: BTreeSet<&str> = chosen.iter().map(|node| node.data_centre.as_str()).collect();
    let mut findings = Vec::new();
    for node in &world.nodes {
        let is_chosen = chosen.iter().any(|one| one.id == node.id);
        if is_chosen {
            findings.extend(of_chosen(node, world.now));
        } else if centres.contains(node.data_centre.as_str()) {
            findings.extend(of_neighbour(node, world.now));
        }
    }
    findings.extend(world.schema_disagrees_since.map(|since| {
        Finding::new(
            Severity::Info,
            "restart-waits/schema",
            "The nodes disagree on the schema; restarts wait until they agree.",
        )
        .about(Subject::Cluster, Owner::Platform)
        .seen("disagree for", duration(world.now.saturating_sub(since)))
    }));
    findings.extend(spare::findings(world, &centres));
    findings
}

fn of_chosen(node: &Node, now: Timestamp) -> Option<Finding> {
    let about = |finding: Finding| finding.about(Subject::Node(node.id.clone()), Owner::Platform);
    match &node.seen.presence {
        Presence::Down(since) => {
            let title = format!("{} is down; its step starts it.", node.address);
            let finding = Finding::new(Severity::Warning, format!("restart-starts/{}", node.id), title);
            Some(about(finding).seen("down for", duration(now.saturating_sub(*since))))
        }
        Presence::Silent(why) => {
            let title = format!(
                "{} does not answer the host; its step waits until it does.",
                node.address
            );
            let finding = Finding::new(Severity::Warning, format!("restart-waits/{}", node.id), title);
            let process = node.seen.process.map_or("not known", |_| "known from before");
            Some(about(finding).seen("why", why).seen("its process", process))
        }
        Presence::Answers if node.membership != "Normal" => Some(about(not_normal(node))),
        Presence::Answers => None,
    }
}

/// A node that is not restarted and is not serving, in a data centre where others are to go.
fn of_neighbour(node: &Node, now: Timestamp) -> Option<Finding> {
    let finding = match &node.seen.presence {
        Presence::Down(since) => {
            let title = format!(
                "{} is down and not among the nodes to be restarted; those that share ranges with it may have to wait.",
                node.address
            );
            Finding::new(Severity::Warning, format!("restart-waits/{}", node.id), title)
                .seen("down for", duration(now.saturating_sub(*since)))
        }
        Presence::Answers | Presence::Silent(_) if node.membership != "Normal" => not_normal(node),
        Presence::Answers | Presence::Silent(_) => return None,
    };
    Some(finding.about(Subject::Node(node.id.clone()), Owner::Platform))
}

fn not_normal(node: &Node) -> Finding {
    let title = format!(
        "{} is {}; restarts in {} wait until the ring is at rest.",
        node.address,
        node.membership.to_lowercase(),
        node.data_centre
    );
    Finding::new(Severity::Warning, format!("restart-waits/{}", node.id), title)
        .seen("membership", &node.membership)
}
