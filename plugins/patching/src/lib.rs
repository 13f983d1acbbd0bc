//! Restarts nodes one after another, rack by rack, and sees each one back before the next.
//!
//! The picture to keep in mind: [`world`] looks once and copies what matters into plain values; [`select`] says which
//! nodes are meant; [`plan`] is a pure function from there to one step a node, in waves of one rack; [`carry`] carries
//! one step out, again and again from its top, as the host answers calls made before with what became of them.
//!
//! Whether a node may go now is not judged here: the host's guard does that, before each step and again before each
//! call. The plan only says what will hold it up. Nor is a node left down by what goes wrong here: the host starts again
//! whatever a step has stopped.

mod body;
mod carry;
mod moment;
mod nearest;
mod parameters;
mod plan;
mod select;
#[cfg(test)]
mod testing;
mod words;
mod world;

use ringkeeper_sdk::prelude::*;

use crate::body::Body;
use crate::parameters::Parameters;
use crate::world::World;

struct Patching;

impl Plugin for Patching {
    const ABOUT: About = about!();
    type Settings = NoParameters;

    fn operations() -> Vec<Operation<NoParameters>> {
        let summary = "Restarts nodes, one rack after another, and sees each one back before the next.";
        vec![Operation::working(
            "patching.restart",
            summary,
            Impact::Disrupt,
            plan,
            execute,
        )]
    }
}

fn plan(request: Request<Parameters, NoParameters>) -> Result<Plan<Body>, Refusal> {
    plan::plan(&World::gather()?, &request.parameters, &request.already_done)
}

fn execute(step: Step<Body>, attempt: Attempt) -> Result<Outcome, Failure> {
    carry::carry_out(&mut carry::RealHost, &step, attempt)
}

ringkeeper_sdk::export!(Patching);
