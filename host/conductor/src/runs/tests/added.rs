//! What steps may be added to a run.

use ringkeeper_journal::RunEvent;
use ringkeeper_plan::Step;
use ringkeeper_seams::Timestamp;

use super::super::attempt::unfit;
use super::super::run::Run;
use super::support::{opened, step};

fn run(steps: usize) -> Run {
    let steps = (0..steps).map(|number| step(&number.to_string(), &[])).collect();
    let RunEvent::Opened(opened) = opened("shop-test", steps) else {
        panic!("no run");
    };
    Run::open(Timestamp::default(), *opened)
}

fn after(id: &str, before: &str) -> Step {
    Step {
        after: vec![before.to_owned()],
        ..step(id, &[])
    }
}

#[test]
fn a_run_has_only_so_many_steps() {
    let run = run(99_999);
    assert_eq!(unfit(&run, &[step("a", &[])]), None);
    assert_eq!(
        unfit(&run, &[step("a", &[]), step("7", &[])]),
        None,
        "one is there already"
    );
    assert_eq!(
        unfit(&run, &[step("a", &[]), step("b", &[])]).unwrap(),
        "the plugin added 2 steps to 99999; a run has 100000 at most"
    );
}

#[test]
fn an_added_step_comes_after_steps_of_its_run() {
    let run = run(2);
    assert_eq!(unfit(&run, &[after("a", "1"), after("b", "a")]), None);
    assert_eq!(
        unfit(&run, &[after("a", "1"), after("b", "z")]).unwrap(),
        "the plugin added step `b` after `z`, which is no step of the run"
    );
}
