//! Nodes that do not answer the host, though their peers see them up: a matter of management, not of data.

use std::collections::BTreeMap;

use ringkeeper_sdk::node_state::Answer;
use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node};
use crate::settings::Settings;
use crate::words;
use crate::world::{Member, Place, World};

/// One finding for each silent node, one for a data centre of which no node answers, and one alone if nobody does.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    if world.is_dark() {
        return vec![dark(world, settings)];
    }
    let mut centres = BTreeMap::<&str, Vec<(Place, &Member)>>::new();
    for (place, member) in world.places() {
        centres
            .entry(&member.node.data_centre)
            .or_default()
            .push((place, member));
    }
    let mut findings = Vec::new();
    let mut nodes = Vec::new();
    for (data_centre, members) in centres {
        let silent: Vec<_> = members
            .iter()
            // One whose process is dead is told with that.
            .filter(|(place, _)| world.dead(*place).is_none())
            .filter_map(|(place, member)| Some((*place, *member, why(world, settings, member)?)))
            .collect();
        if silent.len() > 1 && silent.len() == members.len() {
            findings.push(whole(data_centre, &silent));
        } else {
            nodes.extend(
                silent
                    .into_iter()
                    .map(|(place, member, why)| (place, one(world, member, why))),
            );
        }
    }
    let alike = Alike {
        rule: "silent",
        what: "The management endpoint does not answer",
    };
    findings.extend(alike.tell(world, settings, nodes));
    findings
}

/// Why a node is silent, if it is one to tell of: long enough, and not down for all.
fn why<'w>(world: &World, settings: &Settings, member: &'w Member) -> Option<&'w str> {
    let long = world.now - member.state.answer_since >= i64::from(settings.silent_seconds) * 1000;
    match &member.state.answer {
        Answer::Silent(why) if long && !member.is_down() => Some(why),
        _ => None,
    }
}

fn one(world: &World, member: &Member, why: &str) -> Finding {
    let title = format!(
        "{} does not answer the host, though its peers do not miss it.",
        member.name
    );
    let finding = about_node(Severity::Advice, "silent", member, Owner::Platform, title)
        .seen("its management endpoint", why)
        .seen(
            "silent for",
            words::duration(world.now - member.state.answer_since),
        );
    finding.suggest(SUGGESTION)
}

fn whole(data_centre: &str, silent: &[(Place, &Member, &str)]) -> Finding {
    let nodes = words::count(silent.len(), "node");
    let title = format!("None of the {nodes} of data centre {data_centre} answers the host.");
    let subject = Subject::DataCentre(data_centre.to_owned());
    let mut finding = Finding::new(Severity::Warning, format!("silent/{data_centre}"), title)
        .about(subject, Owner::Platform);
    if let Some((_, member, why)) = silent.first() {
        finding = finding.seen(format!("management endpoint of {}", member.name), why);
    }
    finding.suggest(SUGGESTION)
}

const SUGGESTION: &str = "Look at the management endpoint and the way to it: until it answers, the host neither sees the \
    node's numbers nor works on it.";

/// A missed look or two is a warning; a cluster that nobody has seen for `silent_seconds`, or ever, is severe.
fn dark(world: &World, settings: &Settings) -> Finding {
    let nodes = words::count(world.members.len(), "node");
    let title = if world.members.is_empty() {
        "The host has not reached any node yet, so it cannot tell whether the cluster is up.".to_owned()
    } else {
        format!("None of the {nodes} answers the host, so it cannot tell whether the cluster is up.")
    };
    let answered = |member: &Member| member.state.last_answered_at;
    let last = world.members.iter().filter_map(answered).max();
    let fresh = last.is_some_and(|last| world.now - last < i64::from(settings.silent_seconds) * 1000);
    let severity = if fresh {
        Severity::Warning
    } else {
        Severity::Severe
    };
    let mut finding = Finding::new(severity, "silent", title).about(Subject::Cluster, Owner::Unknown);
    for member in world.members.iter().take(3) {
        if let Answer::Silent(why) = &member.state.answer {
            finding = finding.seen(format!("management endpoint of {}", member.name), why);
        }
    }
    let dead = world.places().filter(|(place, _)| world.dead(*place).is_some());
    let dead: Vec<&str> = dead.map(|(_, member)| member.name.as_str()).collect();
    if !dead.is_empty() {
        finding = finding.seen(
            "machines that answer, without a Cassandra that runs",
            words::list(&dead),
        );
    }
    if let Some(last) = last {
        finding = finding.seen("last answer of any node", words::ago(world.now, last));
    }
    finding.suggest(
        "See first whether clients reach the cluster; then look at the way from the host to the nodes.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, Ring};

    fn found(ring: &Ring) -> Vec<Finding> {
        judge(&ring.world, &Settings::default())
    }

    #[test]
    fn a_silent_node_that_peers_see_up_is_advice() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.silent(1);
        let found = found(&ring);
        assert_eq!((found.len(), found[0].severity), (1, Severity::Advice));
        assert_eq!(found[0].key, "silent/id-10.0.1.2");
    }

    #[test]
    fn one_missed_answer_is_nothing() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.silent(1).member(1).state.answer_since = NOW - 15_000;
        assert_eq!(found(&ring), []);
    }

    #[test]
    fn a_node_that_is_down_is_told_there() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.down(1);
        assert_eq!(found(&ring), []);
    }

    #[test]
    fn a_node_whose_process_is_dead_is_told_there() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        ring.dead(1);
        assert_eq!(found(&ring), []);
        ring.dead(0);
        ring.silent(2);
        let dark = found(&ring);
        let dead = dark[0]
            .evidence
            .iter()
            .find(|fact| fact.name.starts_with("machines that answer"));
        assert_eq!(dead.unwrap().value, "10.0.1.1 and 10.0.1.2");
    }

    #[test]
    fn a_silent_data_centre_is_one_warning() {
        let mut ring = Ring::of(&[("dc1", 3), ("dc2", 3)]);
        ring.silent(3).silent(4).silent(5);
        let found = found(&ring);
        assert_eq!(
            (found.len(), found[0].severity, found[0].key.as_str()),
            (1, Severity::Warning, "silent/dc2")
        );
    }

    #[test]
    fn when_nobody_answers_nothing_else_is_said() {
        let mut ring = Ring::of(&[("dc1", 2), ("dc2", 1)]);
        ring.silent(0).silent(1).silent(2);
        let found = found(&ring);
        assert_eq!(
            (found.len(), found[0].severity, found[0].key.as_str()),
            (1, Severity::Severe, "silent")
        );
        assert_eq!(found[0].owner, Owner::Unknown);
    }

    #[test]
    fn nobody_answering_is_severe_only_after_a_while() {
        let mut ring = Ring::of(&[("dc1", 2)]);
        ring.silent(0).silent(1);
        ring.member(1).state.last_answered_at = Some(NOW - 59_000);
        assert_eq!(found(&ring)[0].severity, Severity::Warning);
        ring.member(1).state.last_answered_at = Some(NOW - 60_000);
        assert_eq!(found(&ring)[0].severity, Severity::Severe);
    }

    #[test]
    fn a_cluster_without_a_known_node_is_dark() {
        let found = found(&Ring::of(&[]));
        assert_eq!(
            (found.len(), found[0].severity, found[0].key.as_str()),
            (1, Severity::Severe, "silent")
        );
    }
}
