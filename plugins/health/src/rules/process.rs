//! Nodes whose Cassandra does not run although their machine is there.

use ringkeeper_sdk::Evidence;
use ringkeeper_sdk::prelude::*;

use super::{Alike, about_node, meanwhile};
use crate::machine::Process;
use crate::settings::Settings;
use crate::words::{bytes, duration, list, percent};
use crate::world::{Member, Place, World};

/// The name that all findings about one such node have, whether its peers miss it yet or not.
pub(super) const RULE: &str = "node-process-dead";

/// Those that their peers do not all see down yet; the others are told with what follows from it.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let elsewhere = meanwhile::evidence(world, settings);
    let found = world.places().filter(|(_, member)| !member.is_down());
    let found = found.filter_map(|(place, member)| {
        let process = world.dead(place)?;
        let mut finding = about_node(
            Severity::Warning,
            RULE,
            member,
            Owner::Platform,
            title(member, ""),
        );
        finding.evidence = evidence(world, place, process);
        finding.evidence.extend_from_slice(&elsewhere);
        Some((place, cure(world, place, process, finding)))
    });
    Alike {
        rule: RULE,
        what: "Cassandra does not run",
    }
    .tell(world, settings, found.collect())
}

/// What is so, and in half a sentence what follows from it.
pub(super) fn title(member: &Member, consequence: &str) -> String {
    format!("Cassandra does not run on {}{consequence}.", member.name)
}

/// What its machine tells of it.
pub(super) fn evidence(world: &World, place: Place, process: &Process) -> Vec<Evidence> {
    let mut told = Vec::new();
    let mut seen = |name: &str, value: String| {
        told.push(Evidence {
            name: name.to_owned(),
            value,
            limit: None,
        });
    };
    let ended = match (process.stopped_on_purpose, process.killed_for_memory) {
        (_, true) => "it was killed by the kernel for want of memory",
        (Some(true), _) => "it was told to stop",
        (Some(false), _) => "it ended by itself",
        (None, _) => "nobody can tell",
    };
    seen("how its process ended", ended.to_owned());
    if let Some(since) = process.since {
        seen("its process does not run for", duration(world.now - since));
    }
    seen("starts in the last hour", process.starts_last_hour.to_string());
    for (point, disk) in world
        .machines
        .get(&place)
        .into_iter()
        .flat_map(|machine| &machine.file_systems)
    {
        let Some((used, free)) = disk.used().zip(disk.free_now()) else {
            continue;
        };
        let read_only = if disk.is_read_only { ", read-only" } else { "" };
        seen(
            &format!("used of {point}"),
            format!("{}, {} free{read_only}", percent(used), bytes(free)),
        );
    }
    told
}

/// What to do about it, and what would do it.
pub(super) fn cure(world: &World, place: Place, process: &Process, finding: Finding) -> Finding {
    finding
        .suggest(remedy(world, place, process))
        .cured_by("mitigation.start")
}

/// What to do first.
fn remedy(world: &World, place: Place, process: &Process) -> String {
    let disks = world.machines.get(&place).map(|machine| &machine.file_systems);
    let stuck: Vec<&str> = disks
        .into_iter()
        .flatten()
        .filter(|(_, disk)| disk.is_read_only || disk.used().is_some_and(|used| used >= NO_ROOM))
        .map(|(point, _)| point.as_str())
        .collect();
    if !stuck.is_empty() {
        return format!(
            "It cannot start before something can be written to {}: make room, or replace the disk, then start it.",
            list(&stuck)
        );
    }
    match (process.stopped_on_purpose, process.killed_for_memory) {
        (_, true) => "See that heap and everything else fit into the machine's memory, then start it.",
        (Some(true), _) => {
            "It was stopped: see whether somebody works on it, and start it when that is done."
        }
        _ if process.starts_last_hour > 1 => {
            "See at the end of its log why it ends again and again before it is started once more."
        }
        _ => "See at the end of its log why it ended, then start it.",
    }
    .to_owned()
}

/// The share of a disk from which on Cassandra finds no room on it.
const NO_ROOM: f64 = 0.99;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MINUTE, NOW, Ring};

    fn found(ring: &Ring) -> Vec<Finding> {
        judge(&ring.world, &Settings::default())
    }

    fn ring(change: impl FnOnce(&mut Process)) -> Ring {
        let mut ring = Ring::of(&[("dc1", 3)]);
        change(ring.dead(1));
        ring
    }

    fn facts(finding: &Finding) -> Vec<(&str, &str)> {
        let facts = finding.evidence.iter();
        facts
            .map(|fact| (fact.name.as_str(), fact.value.as_str()))
            .collect()
    }

    #[test]
    fn a_process_that_died_is_told_before_its_peers_miss_it() {
        let mut ring = ring(|process| {
            (process.stopped_on_purpose, process.starts_last_hour) = (Some(false), 1);
        });
        ring.data_disk(1, &[400.0]);
        let found = found(&ring);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key, "node-process-dead/id-10.0.1.2");
        assert_eq!(found[0].title, "Cassandra does not run on 10.0.1.2.");
        assert_eq!(
            facts(&found[0]),
            [
                ("how its process ended", "it ended by itself"),
                ("its process does not run for", "5 min"),
                ("starts in the last hour", "1"),
                ("used of /data", "60 %, 400 B free"),
            ]
        );
    }

    #[test]
    fn what_to_do_depends_on_how_it_ended() {
        let remedy = |ring: &Ring| found(ring)[0].suggestion.clone().unwrap();
        assert!(
            remedy(&ring(|process| process.stopped_on_purpose = Some(true))).starts_with("It was stopped")
        );
        assert!(remedy(&ring(|process| process.killed_for_memory = true)).contains("memory"));
        assert!(remedy(&ring(|process| process.starts_last_hour = 5)).contains("again and again"));
        let unknown = ring(|_| {});
        assert_eq!(facts(&found(&unknown)[0])[0].1, "nobody can tell");
        assert!(remedy(&unknown).starts_with("See at the end of its log"));
        let mut full = ring(|_| {});
        full.data_disk(1, &[0.0]);
        assert!(remedy(&full).starts_with("It cannot start before something can be written to /data"));
    }

    #[test]
    fn a_node_that_answers_or_whose_process_runs_is_not_told() {
        let running = ring(|process| process.is_running = true);
        assert_eq!(found(&running), []);
        let mut answers = ring(|_| {});
        answers.member(1).state.answer = ringkeeper_sdk::node_state::Answer::Answered;
        assert_eq!(found(&answers), []);
        let before = ring(|process| process.said_at = NOW - 11 * MINUTE);
        assert_eq!(found(&before), [], "said before it fell silent");
        let mut unknown = Ring::of(&[("dc1", 3)]);
        unknown.silent(1);
        assert_eq!(found(&unknown), []);
    }

    #[test]
    fn one_that_is_down_for_all_is_one_finding_with_what_follows() {
        let mut ring = ring(|process| process.since = Some(NOW - 20 * MINUTE));
        ring.down(1);
        assert_eq!(found(&ring), []);
        let all = super::super::judge(&ring.world, &Settings::default());
        let keys: Vec<&str> = all.iter().map(|finding| finding.key.as_str()).collect();
        assert_eq!(keys, ["node-process-dead/id-10.0.1.2"]);
        assert!(facts(&all[0]).contains(&("its process does not run for", "20 min")));
        assert!(
            facts(&all[0]).iter().any(|(name, _)| *name == "down for"),
            "{:?}",
            all[0]
        );
    }
}
