//! What an approval reaches: steps that are added or planned anew.

use ringkeeper_cluster::NodeId;
use ringkeeper_guard::{Approval, Consent, ConsentByImpact, Policy};
use ringkeeper_journal::{RunEvent, RunId, RunState, StepEnd, Version};
use ringkeeper_plan::{Impact, Step};
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use super::super::approval::{approval, missing};
use super::super::run::Run;
use super::support::{opened, step};

const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

fn node(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

/// A step that takes these nodes away.
fn restart(id: &str, nodes: &[u128]) -> Step {
    let nodes: Vec<NodeId> = nodes.iter().map(|number| node(*number)).collect();
    Step {
        impact: Impact::Disrupt,
        functions: vec!["lifecycle.stop".to_owned(), "lifecycle.start".to_owned()],
        ..step(id, &nodes)
    }
}

fn policy(change: Consent, disrupt: Consent) -> Policy {
    let mut policy = Policy::default();
    policy.approval.change = change;
    policy.approval.disrupt = disrupt;
    policy
}

fn asks() -> Policy {
    policy(Consent::Auto, Consent::Ask)
}

/// A run of three restarts that alice approved.
fn approved() -> Run {
    let steps = vec![restart("a", &[1]), restart("b", &[2]), restart("c", &[3])];
    let RunEvent::Opened(opened) = opened("shop-1", steps) else {
        panic!("it is opened");
    };
    let mut run = Run::open(NOW, *opened);
    assert!(missing(&run, &asks()).is_some(), "nobody approved it yet");
    let by = "alice".to_owned();
    apply(
        &mut run,
        RunEvent::Approved {
            hash: "5d41".to_owned(),
            by,
        },
    );
    assert_eq!(missing(&run, &asks()), None);
    run
}

fn apply(run: &mut Run, event: RunEvent) {
    run.apply(Version(2), NOW, event);
}

/// Why a person is asked once more after these steps are added.
fn asked_after(more: Vec<Step>) -> Option<String> {
    let mut run = approved();
    apply(&mut run, RunEvent::Extended { steps: more });
    missing(&run, &asks()).map(|(_, reason)| reason)
}

/// The plan of these steps takes the place of what is not done.
fn replanned(run: &mut Run, steps: Vec<Step>) {
    let RunEvent::Opened(anew) = opened("shop-1", steps) else {
        panic!("it is opened");
    };
    let plan = Box::new(anew.plan);
    let event = RunEvent::Replanned {
        reason: "a node joined".to_owned(),
        digest: String::new(),
        version: None,
        signer: None,
        plan,
    };
    apply(run, event);
}

#[test]
fn more_than_was_approved_is_asked_for_again() {
    let reason = |what: &str| Some(format!("it goes beyond what alice approved: {what}"));
    assert_eq!(
        asked_after(vec![restart("d", &[1])]),
        reason("3 steps that disrupt, and there are 4")
    );
    let other_node = node(9);
    assert_eq!(
        asked_after(vec![restart("d", &[9])]),
        reason(&format!("step d touches node {other_node}"))
    );
    let drains = Step {
        functions: vec!["lifecycle.drain".to_owned()],
        ..restart("d", &[1])
    };
    assert_eq!(asked_after(vec![drains]), reason("step d calls lifecycle.drain"));
    // What nobody is asked about needs nobody's word.
    assert_eq!(asked_after(vec![step("d", &[node(1)])]), None);
}

#[test]
fn a_plan_anew_within_what_was_approved_needs_no_other_word() {
    let mut run = approved();
    let summary = "restarted".to_owned();
    apply(
        &mut run,
        RunEvent::StepEnded {
            step: "a".to_owned(),
            end: StepEnd::Done { summary },
        },
    );
    replanned(&mut run, vec![restart("b2", &[2]), restart("c2", &[3])]);
    assert_eq!(missing(&run, &asks()), None);
    replanned(
        &mut run,
        vec![restart("b3", &[2]), restart("c3", &[3]), restart("d3", &[1])],
    );
    let (_, reason) = missing(&run, &asks()).unwrap();
    assert!(
        reason.ends_with("3 steps that disrupt, and there are 4"),
        "{reason}"
    );
}

#[test]
fn an_impact_that_was_not_approved_is_not_covered_by_a_weaker_one() {
    let RunEvent::Opened(opened) = opened("shop-1", vec![step("a", &[node(1)])]) else {
        panic!("it is opened");
    };
    let all = policy(Consent::Ask, Consent::Ask);
    let mut run = Run::open(NOW, *opened);
    let by = "alice".to_owned();
    apply(
        &mut run,
        RunEvent::Approved {
            hash: String::new(),
            by,
        },
    );
    assert_eq!(missing(&run, &all), None);
    apply(
        &mut run,
        RunEvent::Extended {
            steps: vec![restart("b", &[1])],
        },
    );
    let (hash, reason) = missing(&run, &all).unwrap();
    assert!(reason.ends_with("step b is of impact disrupt"), "{reason}");
    assert_ne!(hash, run.opened.plan.hash, "the steps that were added are in it");
}

#[test]
fn the_guard_is_told_what_was_given_what_is_missing_and_what_is_denied() {
    let run = approved();
    let told = |run: &Run, policy: &Policy| approval(run, run.step("b").unwrap(), policy);
    let hash = "5d41".to_owned();
    assert_eq!(told(&run, &asks()), Approval::Given { hash });
    assert_eq!(told(&run, &Policy::default()), Approval::Automatic);
    let mut waits = run.clone();
    let (hash, reason) = ("9f2c".to_owned(), "more".to_owned());
    let until = NOW;
    apply(
        &mut waits,
        RunEvent::ApprovalAsked {
            hash: hash.clone(),
            reason,
            until,
        },
    );
    assert_eq!(waits.state, RunState::AwaitingApproval);
    // While it waits nothing of it begins, also what needs nobody's word.
    assert_eq!(told(&waits, &asks()), Approval::Missing { hash: hash.clone() });
    assert_eq!(told(&waits, &Policy::default()), Approval::Missing { hash });
    let mut denies = Policy::default();
    let word = ConsentByImpact {
        change: None,
        disrupt: Some(Consent::Deny),
    };
    denies.approval.operations.insert("test.*".to_owned(), word);
    let reason = "policy.approval.operations.\"test.*\" denies steps of test.work that disrupt".to_owned();
    assert_eq!(told(&run, &denies), Approval::Denied { reason });
}

#[test]
fn what_goes_on_while_a_person_is_asked_again_stays_approved() {
    let mut run = approved();
    let nodes = vec![node(1)];
    apply(
        &mut run,
        RunEvent::StepStarted {
            step: "a".to_owned(),
            attempt: 1,
            nodes,
        },
    );
    apply(
        &mut run,
        RunEvent::Extended {
            steps: vec![restart("d", &[9])],
        },
    );
    let (hash, reason) = missing(&run, &asks()).unwrap();
    apply(
        &mut run,
        RunEvent::ApprovalAsked {
            hash,
            reason,
            until: NOW,
        },
    );
    let told = |id: &str| approval(&run, run.step(id).unwrap(), &asks());
    assert!(matches!(told("a"), Approval::Given { .. }));
    assert!(matches!(told("b"), Approval::Missing { .. }));
    assert_eq!(run.opened.run, RunId("shop-1".to_owned()));
}
