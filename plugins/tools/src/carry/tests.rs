//! A host that answers from a script, and the same job to the same call, as the real one does within an attempt.

use super::*;
use crate::plan::Meant;

#[derive(Default)]
struct Scripted {
    /// Calls in the order in which they were first made, each with how its job ended; none while it runs.
    calls: Vec<(&'static str, Option<State>)>,
    /// How a call ends that ends otherwise than well.
    verdicts: Vec<(&'static str, State)>,
    refusals: Vec<(&'static str, Error)>,
}

impl Scripted {
    fn job(&mut self, call: &'static str) -> Result<Standing, Error> {
        if let Some((_, error)) = self.refusals.iter().find(|(of, _)| *of == call) {
            return Err(error.clone());
        }
        if !self.calls.iter().any(|(made, _)| *made == call) {
            self.calls.push((call, None));
        }
        let state = self.calls.iter().find(|(made, _)| *made == call).unwrap().1;
        Ok(Standing {
            id: call.to_owned(),
            state: state.unwrap_or(State::Pending),
            message: format!("{call} says so"),
        })
    }

    fn made(&self) -> Vec<&'static str> {
        self.calls.iter().map(|(call, _)| *call).collect()
    }

    /// Carries the step on, and ends every job that is waited for, until it says something else.
    fn end(&mut self, body: &Body) -> Result<Outcome, Failure> {
        for _ in 0..10 {
            let attempt = Attempt {
                number: 1,
                first_started_at: 0,
            };
            match carry_out(self, body, attempt)? {
                Outcome::WaitFor(jobs) => {
                    let call = self.calls.iter_mut().find(|(call, _)| *call == jobs[0]).unwrap();
                    let verdict = self.verdicts.iter().find(|(of, _)| *of == call.0);
                    call.1 = Some(verdict.map_or(State::Succeeded, |(_, state)| *state));
                }
                outcome => return Ok(outcome),
            }
        }
        panic!("it turns for ever")
    }
}

impl Host for Scripted {
    fn stop(&mut self, _: &str) -> Result<Standing, Error> {
        self.job("stop")
    }

    fn run(&mut self, _: &Body) -> Result<Standing, Error> {
        self.job("run")
    }

    fn start(&mut self, _: &str) -> Result<Standing, Error> {
        self.job("start")
    }

    fn progress(&self, _: f64, _: &str) {}
}

fn body(stops: bool) -> Body {
    Body {
        node: "6f1c2a3e-0000-0000-0000-000000000001".to_owned(),
        address: "10.0.0.1:7000".to_owned(),
        tool: "sstablescrub".to_owned(),
        arguments: Vec::new(),
        meant: Meant::ForReal,
        stops,
    }
}

#[test]
fn a_tool_that_needs_no_stopped_node_is_run_and_nothing_else() {
    let mut host = Scripted::default();
    let ended = host.end(&body(false)).unwrap();
    assert_eq!(ended, Outcome::Done("run says so".to_owned()));
    assert_eq!(host.made(), ["run"]);
}

#[test]
fn a_node_is_stopped_before_and_started_after() {
    let mut host = Scripted::default();
    let ended = host.end(&body(true)).unwrap();
    assert_eq!(ended, Outcome::Done("run says so".to_owned()));
    assert_eq!(host.made(), ["stop", "run", "start"]);
}

#[test]
fn a_tool_that_failed_fails_the_step_and_the_host_brings_the_node_back() {
    let mut host = Scripted {
        verdicts: vec![("run", State::Failed)],
        ..Scripted::default()
    };
    let failure = host.end(&body(true)).unwrap_err();
    assert_eq!(
        failure.message,
        "sstablescrub failed on 10.0.0.1:7000: run says so"
    );
    assert_eq!(host.made(), ["stop", "run"]);
}

#[test]
fn what_was_never_begun_is_tried_again_later() {
    for call in ["stop", "run"] {
        let mut host = Scripted {
            verdicts: vec![(call, State::Lost)],
            ..Scripted::default()
        };
        let Outcome::Postpone(postponement) = host.end(&body(true)).unwrap() else {
            panic!("{call}")
        };
        assert_eq!(postponement.retry_after_seconds, FIRST_PAUSE);
    }
}

#[test]
fn what_is_refused_for_good_fails_the_step() {
    let mut host = Scripted {
        refusals: vec![("run", Error::AccessDenied("no".to_owned()))],
        ..Scripted::default()
    };
    assert!(host.end(&body(false)).is_err());
}
