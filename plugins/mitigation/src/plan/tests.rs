use ringkeeper_sdk::Cause;
use ringkeeper_sdk::prelude::*;

use super::{Parameters, plan};
use crate::testing::{NOW, dead_node, world};
use crate::world::{Machine, Node, Presence, World};

fn of(world: &World, cause: Cause) -> Result<Vec<String>, String> {
    let plan = plan(world, &Parameters::default(), cause, &[]);
    plan.map(|plan| plan.steps.into_iter().map(|step| step.title).collect())
        .map_err(|refusal| refusal.message)
}

/// Why a dead node is not started, once by the host itself and once for a person.
fn against(change: impl Fn(&mut Node)) -> [Option<String>; 2] {
    let mut node = dead_node(1);
    change(&mut node);
    let world = world([node]);
    [Cause::Event, Cause::Person].map(|cause| of(&world, cause).err())
}

fn reason(text: &str) -> Option<String> {
    Some(format!("No node is started. 10.0.0.1:7000: {text}."))
}

#[test]
fn a_dead_node_on_a_machine_that_is_well_is_started() {
    let answers = Node {
        presence: Presence::Answers,
        ..dead_node(2)
    };
    let world = world([dead_node(1), answers]);
    let plan = plan(&world, &Parameters::default(), Cause::Event, &[]).unwrap();
    assert_eq!(plan.title, "start Cassandra on 1 node");
    let [step] = plan.steps.as_slice() else {
        panic!("{:?}", plan.steps)
    };
    assert_eq!(step.nodes, [dead_node(1).id]);
    assert_eq!(
        step.reason,
        "its peers see it down for 1 min; its machine answers, and no Cassandra runs there"
    );
    assert_eq!(
        (step.impact, step.functions.as_slice()),
        (Impact::Change, &["lifecycle.start".to_owned()][..])
    );
    // The same world gives the same plan, and what was done is not done again.
    let again = super::plan(
        &world,
        &Parameters::default(),
        Cause::Event,
        std::slice::from_ref(&step.id),
    )
    .unwrap();
    assert!(again.steps.is_empty());
}

#[test]
fn where_none_is_dead_there_is_nothing_to_do() {
    let answers = Node {
        presence: Presence::Answers,
        ..dead_node(1)
    };
    let mut silent = dead_node(2);
    silent.presence = Presence::Silent("timed out".to_owned());
    silent.machine.runs = Some(true);
    assert_eq!(of(&world([answers, silent]), Cause::Person), Ok(vec![]));
}

#[test]
fn a_node_that_may_run_is_not_started_and_who_names_it_is_told() {
    let silent = Node {
        presence: Presence::Silent("timed out".to_owned()),
        machine: Machine::default(),
        ..dead_node(1)
    };
    let parameters = Parameters {
        nodes: vec![silent.id.clone()],
        ..Parameters::default()
    };
    let refusal = plan(&world([silent]), &parameters, Cause::Person, &[]).unwrap_err();
    let why = "10.0.0.1:7000: not all of its peers see it down, so it may run (timed out)";
    assert_eq!(refusal.message, format!("No node is started. {why}."));

    let runs = "its process runs: it starts, or hangs";
    assert_eq!(
        against(|node| node.machine.runs = Some(true)),
        [reason(runs), reason(runs)]
    );
}

#[test]
fn a_process_that_its_machine_says_is_dead_is_started_before_its_peers_miss_it() {
    let silent = Node {
        presence: Presence::Silent("connection refused".to_owned()),
        ..dead_node(1)
    };
    let world = world([silent]);
    let started = Ok(vec!["start Cassandra on 10.0.0.1:7000".to_owned()]);
    assert_eq!(of(&world, Cause::Event), started);
    let plan = plan(&world, &Parameters::default(), Cause::Event, &[]).unwrap();
    assert!(
        plan.steps[0]
            .reason
            .starts_with("its machine answers, and no Cassandra runs there"),
        "{plan:?}"
    );
}

#[test]
fn a_disk_that_is_full_or_read_only_starts_nothing_whoever_asks() {
    let full = "/data is full: 2.9 % are free, and 3 % are needed";
    let change = |node: &mut Node| node.machine.file_systems[0].free = Some(29);
    assert_eq!(against(change), [reason(full), reason(full)]);
    let enough = |node: &mut Node| node.machine.file_systems[0].free = Some(30);
    assert_eq!(against(enough), [None, None]);
    let fixed = "/data is mounted read-only";
    let change = |node: &mut Node| node.machine.file_systems[0].read_only = true;
    assert_eq!(against(change), [reason(fixed), reason(fixed)]);
}

#[test]
fn a_restart_loop_is_not_gone_into() {
    let looping = "it was started 3 times within the last hour, and died again: see its log";
    let change = |node: &mut Node| node.machine.starts = Some(3);
    assert_eq!(against(change), [reason(looping), reason(looping)]);
    assert_eq!(against(|node| node.machine.starts = Some(2)), [None, None]);
}

#[test]
fn a_node_that_was_away_too_long_would_bring_back_what_was_deleted() {
    let too_long = "it was away for 10 d, and the shortest gc_grace_seconds of a table is 10 d: what was deleted \
                    meanwhile could come back with it; replace it, or remove its data";
    let change = |node: &mut Node| node.presence = Presence::Down(NOW - 864_000_000);
    assert_eq!(against(change), [reason(too_long), reason(too_long)]);
    assert_eq!(
        against(|node| node.presence = Presence::Down(NOW - 863_999_000)),
        [None, None]
    );
}

#[test]
fn what_was_stopped_on_purpose_or_nobody_tells_about_only_a_person_starts() {
    let purpose = "it was stopped on purpose";
    assert_eq!(
        against(|node| node.machine.stopped_on_purpose = Some(true)),
        [reason(purpose), None]
    );
    let unknown = "nobody tells whether its process runs: its agent does not answer; nobody tells whether its disks are full";
    assert_eq!(
        against(|node| node.machine = Machine::default()),
        [reason(unknown), None]
    );
}

#[test]
fn one_node_that_must_not_be_started_does_not_hold_up_another() {
    let mut full = dead_node(2);
    full.machine.file_systems[0].read_only = true;
    let plan = plan(
        &world([dead_node(1), full]),
        &Parameters::default(),
        Cause::Event,
        &[],
    )
    .unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(
        plan.findings[0].evidence[0].value,
        "10.0.0.2:7000: /data is mounted read-only"
    );
}

#[test]
fn a_node_that_does_not_exist_is_refused_with_those_there_are() {
    let parameters = Parameters {
        nodes: vec!["10.0.0.9".to_owned()],
        ..Parameters::default()
    };
    let refusal = plan(&world([dead_node(1)]), &parameters, Cause::Person, &[]).unwrap_err();
    assert_eq!(refusal.kind, Fault::InvalidParameters);
    assert_eq!(
        refusal.message,
        "There is no node `10.0.0.9`. There are: 10.0.0.1:7000."
    );
}
