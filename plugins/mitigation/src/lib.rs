//! Starts Cassandra on nodes where it is dead, unless that would do harm.
//!
//! The picture to keep in mind: [`world`] looks once and copies what matters into plain values; [`plan`] is a pure function
//! from there to one step a node, or to a refusal with the evidence; [`carry`] carries one step out. A person may ask for
//! it, and an operator may let the host ask by itself when it finds a dead process: then nothing is guessed, and what
//! nobody can tell is a reason to ask a person.

mod carry;
mod plan;
#[cfg(test)]
mod testing;
mod world;

use ringkeeper_sdk::prelude::*;

use crate::plan::{Body, Parameters};
use crate::world::World;

struct Mitigation;

impl Plugin for Mitigation {
    const ABOUT: About = about!();
    type Settings = NoParameters;

    fn operations() -> Vec<Operation<NoParameters>> {
        let summary = "Starts Cassandra on nodes where it is dead, unless that would do harm.";
        vec![Operation::working(
            "mitigation.start",
            summary,
            Impact::Change,
            plan,
            execute,
        )]
    }
}

fn plan(request: Request<Parameters, NoParameters>) -> Result<Plan<Body>, Refusal> {
    plan::plan(
        &World::gather()?,
        &request.parameters,
        request.cause,
        &request.already_done,
    )
}

fn execute(step: Step<Body>, attempt: Attempt) -> Result<Outcome, Failure> {
    carry::carry_out(&mut carry::RealHost, &step, attempt)
}

ringkeeper_sdk::export!(Mitigation);
