use std::path::Path;

use ringkeeper_conductor::Safeguard;
use ringkeeper_config::{FaultEvent, FaultKind, When};
use ringkeeper_guard::Rule;
use ringkeeper_journal::{Event, RunEvent};
use std::time::Duration;

use crate::log::Entry;
use crate::outcome::End;
use crate::planned::Strikes;

use super::*;
use crate::report::{columns, end_in_words};

/// Some hours of a scenario, told with a seed, and perhaps without a safeguard.
fn story(name: &str, hours: std::ops::Range<u64>, seed: u64, omitted: &[Mutation]) -> Story {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(name);
    let mut scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
    let from = Duration::from_secs(hours.start * 3_600);
    let horizon = Duration::from_secs((hours.end - hours.start) * 3_600);
    scenario.begin = scenario.begin.after(from);
    scenario.horizon = horizon;
    scenario
        .runs
        .retain(|run| run.at >= from && run.at - from < horizon);
    for run in &mut scenario.runs {
        run.at -= from;
    }
    scenario.faults.retain_mut(|fault| match &mut fault.when {
        When::At(at) if *at >= from && *at - from < horizon => {
            *at -= from;
            true
        }
        When::At(_) => false,
        // They are meant for the beginning.
        When::On { .. } => hours.start == 0,
        When::PerDay(_) => true,
    });
    let options = Options {
        omitted: omitted.iter().copied().collect(),
        cache_dir: Some(std::env::temp_dir().join("ringkeeper-testkit-cache")),
        ..Options::default()
    };
    Story::of_seed(Arc::new(scenario), seed, options)
}

#[test]
fn one_seed_is_one_story_byte_by_byte() {
    let first_time = story("storm.toml", 0..2, 7, &[]);
    let (first, second) = (tell(&first_time), tell(&first_time));
    assert!(first.log.len() > 20, "nothing happened");
    let differs = first
        .log
        .iter()
        .zip(&second.log)
        .find(|(one, other)| one != other);
    assert!(differs.is_none(), "two stories of one seed differ: {differs:#?}");
    assert_eq!(first.digest, second.digest);
    let other = tell(&story("storm.toml", 0..2, 8, &[]));
    assert_ne!(first.digest, other.digest);
}

/// Every mistake that was found by telling stories has a scenario of its own, in which it would be made again.
#[test]
fn no_mistake_that_was_found_is_made_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/regressions");
    let mut told = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let name = format!("regressions/{}", file.unwrap().file_name().display());
        for seed in 0..2 {
            let outcome = tell(&story(&name, 0..24, seed, &[]));
            assert_eq!(
                outcome.end,
                End::Passed,
                "{name} seed {seed}\n{}",
                columns(&outcome, 40)
            );
            told += 1;
        }
    }
    assert!(told > 0, "no scenario was found");
}

#[test]
fn a_process_that_dies_is_started_long_before_anybody_comes() {
    let outcome = tell(&story("mitigations.toml", 0..6, 0, &[]));
    assert_eq!(outcome.end, End::Passed, "{}", columns(&outcome, 40));
}

/// With everything in place the hours pass; without the safeguard this invariant is violated.
fn are_needed(omitted: &[Mutation], hours: std::ops::Range<u64>, invariant: &str) {
    let whole = tell(&story("safeguards.toml", hours.clone(), 0, &[]));
    assert_eq!(whole.end, End::Passed, "{}", columns(&whole, 40));
    let outcome = tell(&story("safeguards.toml", hours, 0, omitted));
    match &outcome.end {
        End::Violated(violation) => assert_eq!(violation.invariant, invariant, "{omitted:?}: {violation}"),
        end => panic!(
            "{omitted:?} is not missed: {}\n{}",
            end_in_words(end),
            columns(&outcome, 40)
        ),
    }
}

#[test]
fn without_the_rule_about_leases_a_node_is_held_twice() {
    are_needed(&[Mutation::Rule(Rule::Leases)], 0..1, "leases");
}

#[test]
fn without_the_rule_about_availability_a_quorum_is_lost() {
    are_needed(&[Mutation::Rule(Rule::Availability)], 3..6, "quorum");
}

#[test]
fn without_the_rule_about_topology_a_node_goes_while_the_schema_is_disputed() {
    are_needed(&[Mutation::Rule(Rule::Topology)], 8..10, "patience");
}

#[test]
fn without_the_rule_about_windows_work_begins_in_a_freeze() {
    are_needed(&[Mutation::Rule(Rule::Windows)], 10..12, "frozen");
}

#[test]
fn without_the_rule_about_pressure_a_repair_begins_on_a_node_that_is_behind() {
    are_needed(&[Mutation::Rule(Rule::Pressure)], 12..14, "patience");
}

#[test]
fn without_the_rule_about_racks_two_racks_are_away_at_once() {
    are_needed(&[Mutation::Rule(Rule::OneRack)], 7..8, "one-rack");
}

#[test]
fn without_the_rule_about_foreign_work_a_node_is_taken_from_another_tool() {
    are_needed(&[Mutation::Rule(Rule::Foreign)], 14..15, "patience");
}

#[test]
fn without_the_rule_about_releases_a_repair_begins_across_release_lines() {
    are_needed(&[Mutation::Rule(Rule::Releases)], 23..24, "patience");
}

/// A person comes half an hour after they are asked, while the host dies now and then.
#[test]
fn restarts_that_wait_for_a_persons_word_get_it_and_succeed() {
    for seed in 0..8 {
        let outcome = tell(&story("approvals.toml", 0..12, seed, &[]));
        assert_eq!(outcome.end, End::Passed, "seed {seed}\n{}", columns(&outcome, 40));
    }
}

/// Whatever the host had just written when it died: it asks once, and is told once.
#[test]
fn a_host_that_dies_at_any_write_while_a_person_is_asked_asks_once() {
    for nth in 1..=24 {
        let mut story = story("approvals.toml", 0..2, nth, &[]);
        let mut scenario = (*story.scenario).clone();
        scenario.goals.clear();
        scenario.runs.truncate(1);
        story.scenario = Arc::new(scenario);
        story.faults = vec![PlannedFault {
            number: 0,
            kind: FaultKind::HostKill,
            node: String::new(),
            strikes: Strikes::On {
                event: FaultEvent::JournalWrite,
                nth: u32::try_from(nth).unwrap(),
            },
            lasts_ms: 60_000,
            by_ms: None,
            plugin: None,
            grant: None,
        }];
        let outcome = tell(&story);
        assert_eq!(outcome.end, End::Passed, "write {nth}\n{}", columns(&outcome, 40));
        let events = |is: fn(&RunEvent) -> bool| {
            let of_runs = outcome.log.iter().filter(|line| match &line.entry {
                Entry::Journal(_, recorded) => {
                    matches!(&recorded.event, Event::Run { what, .. } if is(what))
                }
                _ => false,
            });
            of_runs.count()
        };
        let opened = events(|what| matches!(what, RunEvent::Opened(_)));
        assert_eq!(
            events(|what| matches!(what, RunEvent::ApprovalAsked { .. })),
            opened,
            "write {nth}"
        );
        assert_eq!(
            events(|what| matches!(what, RunEvent::Approved { .. })),
            opened,
            "write {nth}"
        );
        assert!(opened <= 1, "write {nth}");
    }
}

#[test]
fn without_the_rule_about_approval_a_restart_waits_for_nobodys_word() {
    let outcome = tell(&story(
        "approvals.toml",
        0..1,
        0,
        &[Mutation::Rule(Rule::Approval)],
    ));
    match &outcome.end {
        End::Violated(violation) => assert_eq!(violation.invariant, "approved", "{violation}"),
        end => panic!(
            "it is not missed: {}\n{}",
            end_in_words(end),
            columns(&outcome, 40)
        ),
    }
}

#[test]
fn without_undo_a_step_leaves_its_node_down() {
    are_needed(&[Mutation::Safeguard(Safeguard::Undo)], 16..18, "rest");
}

/// Each of the three alone keeps it from that.
#[test]
fn a_repair_whose_answer_was_lost_would_be_begun_again_without_three_safeguards() {
    let omitted = [
        Mutation::Safeguard(Safeguard::InDoubt),
        Mutation::Safeguard(Safeguard::NodeAsked),
        Mutation::Rule(Rule::Foreign),
    ];
    are_needed(&omitted, 18..19, "overlap");
}

#[test]
fn without_being_asked_again_the_guard_lets_a_quorum_be_lost() {
    are_needed(&[Mutation::Safeguard(Safeguard::AskAgain)], 0..1, "quorum");
}

#[test]
fn without_giving_way_two_hosts_tell_of_one_finding_twice() {
    are_needed(&[Mutation::Safeguard(Safeguard::TakeOver)], 22..23, "findings");
}
