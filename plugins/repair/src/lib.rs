//! Repairs every replicated range of every table, in pieces of minutes.
//!
//! The picture to keep in mind: [`world`] looks once and copies what matters into plain values; [`select`] says which
//! tables are meant; [`plan`] is a pure function from there to steps, each a few repair commands on ranges that few
//! nodes hold; [`carry`] carries one step out, again and again from its top, as the host answers calls made before
//! with what became of them. Sizes are estimates and only ever cost time: what is repaired follows from the ranges
//! alone, and the plan itself counts that none is missing.
//!
//! Every strategy of compaction is repaired alike, time-window tables too: what they miss is missing for readers as
//! well. Views are repaired as tables of their own, after the tables of the same command.

mod body;
mod carry;
mod cut;
mod digest;
mod nearest;
mod parameters;
mod plan;
mod select;
mod settings;
#[cfg(test)]
mod testing;
mod words;
mod world;

use ringkeeper_sdk::prelude::*;

use crate::body::Body;
use crate::parameters::Parameters;
use crate::settings::Settings;
use crate::world::World;

struct Repair;

impl Plugin for Repair {
    const ABOUT: About = about!();
    type Settings = Settings;

    fn operations() -> Vec<Operation<Settings>> {
        let summary = "Makes the replicas of every range agree, table by table.";
        vec![
            Operation::working("repair.full", summary, Impact::Change, plan, execute)
                // Saturdays at 22:00: once a week, well within the ten days that tombstones are kept.
                .scheduled("0 22 * * 6"),
        ]
    }
}

fn plan(request: Request<Parameters, Settings>) -> Result<Plan<Body>, Refusal> {
    let world = World::gather(&request.parameters)?;
    plan::plan(
        &world,
        &request.parameters,
        &request.settings,
        &request.already_done,
    )
}

fn execute(step: Step<Body>, attempt: Attempt) -> Result<Outcome, Failure> {
    carry::carry_out(&mut carry::RealHost, &step, attempt.number)
}

ringkeeper_sdk::export!(Repair);
