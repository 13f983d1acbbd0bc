//! A step against a host that answers from a script.

use std::cell::RefCell;

use ringkeeper_sdk::Cause;
use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::prelude::*;

use super::{Host, carry_out};
use crate::plan::{Parameters, plan};
use crate::testing::{dead_node, world};

struct Scripted {
    start: Result<(State, &'static str), Error>,
    wait: Result<(), Error>,
    asked: RefCell<Vec<String>>,
}

impl Scripted {
    fn new(state: State, message: &'static str) -> Self {
        Self {
            start: Ok((state, message)),
            wait: Ok(()),
            asked: RefCell::default(),
        }
    }
}

impl Host for Scripted {
    fn start(&mut self, node: &str) -> Result<Standing, Error> {
        self.asked.borrow_mut().push(format!("start {node}"));
        let (state, message) = self.start.clone()?;
        Ok(Standing {
            id: "job-1".to_owned(),
            state,
            message: message.to_owned(),
        })
    }

    fn wait(&mut self, node: &str, soak: u32, limit: u32) -> Result<(), Error> {
        self.asked
            .borrow_mut()
            .push(format!("wait {node} {soak} {limit}"));
        self.wait.clone()
    }

    fn progress(&self, _: f64, _: &str) {}
}

fn outcome(host: &mut Scripted, number: u32) -> Result<Outcome, Failure> {
    let world = world([dead_node(1)]);
    let plan = plan(&world, &Parameters::default(), Cause::Event, &[]).unwrap();
    let attempt = Attempt {
        number,
        first_started_at: world.now,
    };
    carry_out(host, &plan.steps[0], attempt)
}

#[test]
fn a_node_is_started_and_seen_back() {
    let mut host = Scripted::new(State::Pending, "");
    assert_eq!(
        outcome(&mut host, 1),
        Ok(Outcome::WaitFor(vec!["job-1".to_owned()]))
    );
    host.start = Ok((State::Succeeded, ""));
    let done = "10.0.0.1:7000 is back and was as wanted for 15 s";
    assert_eq!(outcome(&mut host, 1), Ok(Outcome::Done(done.to_owned())));
    let id = dead_node(1).id;
    let start = format!("start {id}");
    assert_eq!(
        *host.asked.borrow(),
        [start.clone(), start, format!("wait {id} 15 300")]
    );
}

#[test]
fn what_was_not_begun_is_put_off_ever_longer() {
    for (number, pause) in [(1, 15), (2, 30), (9, 300), (u32::MAX, 300)] {
        let Ok(Outcome::Postpone(put_off)) = outcome(&mut Scripted::new(State::Lost, "frozen"), number)
        else {
            panic!("it is not put off");
        };
        assert_eq!(put_off.reasons, ["frozen"]);
        assert_eq!(put_off.retry_after_seconds, pause);
    }
    let mut held = Scripted::new(State::Pending, "");
    held.start = Err(Error::Conflict("held by run shop-3".to_owned()));
    assert!(matches!(outcome(&mut held, 1), Ok(Outcome::Postpone(_))));
}

#[test]
fn a_node_that_does_not_come_back_is_a_failure_that_says_why() {
    let failed = outcome(&mut Scripted::new(State::Failed, "the command ended with 1"), 1);
    let failure = failed.unwrap_err();
    assert_eq!(
        failure.message,
        "10.0.0.1:7000 did not come back: the command ended with 1"
    );
    let mut late = Scripted::new(State::Succeeded, "");
    late.wait = Err(Error::TimedOut("it takes no CQL clients".to_owned()));
    let failure = outcome(&mut late, 1).unwrap_err();
    assert!(
        failure.message.ends_with("it takes no CQL clients"),
        "{}",
        failure.message
    );
}

#[test]
fn a_node_that_is_gone_is_planned_anew_and_what_cannot_be_done_fails() {
    let mut host = Scripted::new(State::Pending, "");
    host.start = Err(Error::NotFound("no such node".to_owned()));
    assert!(matches!(outcome(&mut host, 1), Ok(Outcome::Replan(_))));
    host.start = Err(Error::Unsupported("no [cluster.process]".to_owned()));
    assert_eq!(outcome(&mut host, 1).unwrap_err().message, "no [cluster.process]");
}
