//! A host that answers from a script, and the same job to the same call, as the real one does within an attempt.

use std::cell::Cell;

use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::prelude::*;

use crate::body::Body;
use crate::carry::carry_out;
use crate::carry::host::Host;
use crate::testing::{NOW, STARTED, id};
use crate::world::{Presence, Seen};

/// When the first attempt began.
pub(super) const BEGAN: Timestamp = NOW - 90_000;

/// A call that makes a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Stop,
    Start,
}

/// The script.
pub(super) struct Scripted {
    pub(super) cancelled: bool,
    /// The node has left the ring.
    pub(super) gone: bool,
    /// How often the step waited for a job.
    pub(super) waited_for: usize,
    /// Waits that were asked for: soak and limit.
    pub(super) waits: Vec<(u32, u32)>,
    seen: Seen,
    looks_again: bool,
    jobs: Vec<(Call, Standing)>,
    verdicts: Vec<(Call, State, String)>,
    refusals: Vec<(Call, Error)>,
    wait: Option<Error>,
    /// Answers that are left before the instance dies; none where it lives.
    life: Cell<Option<usize>>,
}

impl Scripted {
    /// A node with the planned process. Jobs run until they are waited for and end well; every look is the newest.
    pub(super) fn new() -> Self {
        Self {
            cancelled: false,
            gone: false,
            waited_for: 0,
            waits: Vec::new(),
            seen: Seen {
                presence: Presence::Answers,
                process: Some(STARTED),
            },
            looks_again: true,
            jobs: Vec::new(),
            verdicts: Vec::new(),
            refusals: Vec::new(),
            wait: None,
            life: Cell::new(None),
        }
    }

    /// What the host's last look says.
    pub(super) fn seen(&mut self, presence: Presence, process: Option<Timestamp>) {
        self.seen = Seen { presence, process };
    }

    /// The host's last look stays as it is, whatever happens to the node.
    pub(super) fn never_looks_again(&mut self) {
        self.looks_again = false;
    }

    /// Jobs of this call end so, as soon as they are asked for.
    pub(super) fn ends(&mut self, call: Call, state: State, message: &str) {
        self.verdicts.push((call, state, message.to_owned()));
    }

    /// This call is not taken.
    pub(super) fn refuses(&mut self, call: Call, error: Error) {
        self.refusals.push((call, error));
    }

    /// The wait ends with this.
    pub(super) fn wait_ends(&mut self, error: Error) {
        self.wait = Some(error);
    }

    /// Calls that made a job.
    pub(super) fn made(&self) -> Vec<Call> {
        self.jobs.iter().map(|(call, _)| *call).collect()
    }

    /// All that runs ends well, and what the host sees follows.
    pub(super) fn end_jobs(&mut self) {
        for (call, job) in &mut self.jobs {
            if job.state != State::Pending {
                continue;
            }
            job.state = State::Succeeded;
            if self.looks_again {
                self.seen = match call {
                    Call::Stop => Seen {
                        presence: Presence::Down(NOW),
                        ..self.seen.clone()
                    },
                    Call::Start if self.seen.presence == Presence::Answers => self.seen.clone(),
                    Call::Start => Seen {
                        presence: Presence::Answers,
                        process: Some(NOW),
                    },
                };
            }
        }
    }

    /// Executes the step as the host does, until it waits for nothing more.
    pub(super) fn run_to_its_end(&mut self, step: &Step<Body>) -> Result<Outcome, Failure> {
        loop {
            match carry_out(self, step, attempt(1))? {
                Outcome::WaitFor(ids) => {
                    self.waited_for += 1;
                    assert!(self.jobs.iter().any(|(_, job)| ids == [job.id.as_str()]));
                    self.end_jobs();
                }
                outcome => return Ok(outcome),
            }
        }
    }

    /// The same, with an instance that dies after so many answers, all jobs ending meanwhile. Whether it died.
    pub(super) fn run_with_one_death(&mut self, step: &Step<Body>, answers: usize) -> bool {
        self.life.set(Some(answers));
        let mut died = false;
        loop {
            let outcome = carry_out(self, step, attempt(1));
            if self.life.get() == Some(0) {
                // Whatever that instance answered nobody heard.
                died = true;
                self.life.set(None);
                self.end_jobs();
                continue;
            }
            match outcome {
                Ok(Outcome::WaitFor(_)) => self.end_jobs(),
                Ok(Outcome::Done(_)) => return died,
                other => panic!("{other:?}"),
            }
        }
    }

    /// One answer less to live. A dead instance is answered errors, and what it then says is not heard.
    fn lives(&self) -> Result<(), Error> {
        match self.life.get() {
            None => Ok(()),
            Some(0) => Err(Error::Other("dead".to_owned())),
            Some(left) => {
                self.life.set(Some(left - 1));
                Ok(())
            }
        }
    }

    fn call(&mut self, call: Call) -> Result<Standing, Error> {
        self.lives()?;
        if let Some((_, error)) = self.refusals.iter().find(|(refused, _)| *refused == call) {
            return Err(error.clone());
        }
        if let Some((_, job)) = self.jobs.iter().find(|(known, _)| *known == call) {
            return Ok(job.clone());
        }
        let verdict = self.verdicts.iter().find(|(known, ..)| *known == call);
        let (state, message) = verdict.map_or((State::Pending, ""), |(_, state, message)| (*state, message));
        let job = Standing {
            id: format!("job-{}", self.jobs.len() + 1),
            state,
            message: message.to_owned(),
        };
        self.jobs.push((call, job.clone()));
        Ok(job)
    }
}

impl Host for Scripted {
    fn see(&self, node: &str) -> Result<Option<Seen>, Error> {
        assert_eq!(node, id(0));
        self.lives()?;
        Ok((!self.gone).then(|| self.seen.clone()))
    }

    fn stop(&mut self, _: &str) -> Result<Standing, Error> {
        self.call(Call::Stop)
    }

    fn start(&mut self, _: &str) -> Result<Standing, Error> {
        self.call(Call::Start)
    }

    fn wait(&mut self, _: &str, soak: u32, limit: u32) -> Result<(), Error> {
        self.lives()?;
        self.waits.push((soak, limit));
        self.wait.clone().map_or(Ok(()), Err)
    }

    fn cancelled(&self) -> bool {
        self.cancelled
    }

    fn progress(&self, fraction: f64, _: &str) {
        assert!((0.0..=1.0).contains(&fraction));
    }

    fn now(&self) -> Timestamp {
        NOW
    }
}

/// The attempt of this number.
pub(super) fn attempt(number: u32) -> Attempt {
    Attempt {
        number,
        first_started_at: BEGAN,
    }
}

/// A restart of the node.
pub(super) fn step() -> Step<Body> {
    let body = Body {
        node: id(0),
        address: "10.0.0.1:7000".to_owned(),
        process: Some(STARTED),
        fresh_from: None,
        soak_seconds: 15,
        wait_seconds: 300,
    };
    Step::new("restart", "restarts", "a test", body).touching([id(0)])
}
