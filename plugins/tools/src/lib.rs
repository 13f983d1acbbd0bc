//! Runs commands of nodetool and the sstable tools beside a node, the dry run first.
//!
//! The picture to keep in mind: [`plan`] asks the host's catalogue what the call would be, and makes one step of it that a
//! person can judge; [`carry`] carries that step out, again and again from its top. What a tool is, does and can break
//! is known to the host alone, and so is how it is run; the plugin decides how much of it is meant, and that a node
//! whose files are written is stopped before and started after.

mod carry;
mod parameters;
mod plan;

use ringkeeper_sdk::naming;
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::{cluster, tool_catalogue};

use crate::parameters::Parameters;
use crate::plan::Body;

struct Tools;

impl Plugin for Tools {
    const ABOUT: About = about!();
    type Settings = NoParameters;

    fn operations() -> Vec<Operation<NoParameters>> {
        let summary = "Runs one of Cassandra's own tools beside a node.";
        vec![Operation::working(
            "tools.run",
            summary,
            Impact::Disrupt,
            plan,
            execute,
        )]
    }
}

fn plan(request: Request<Parameters, NoParameters>) -> Result<Plan<Body>, Refusal> {
    let parameters = request.parameters;
    let nodes = cluster::nodes()?;
    let node = naming::node(&nodes, &parameters.node)?;
    let arguments = parameters.arguments();
    let checked = tool_catalogue::check(&node.id, &parameters.tool, &arguments).map_err(plan::refused)?;
    plan::plan(node, &parameters, arguments, &checked, &request.already_done)
}

fn execute(step: Step<Body>, attempt: Attempt) -> Result<Outcome, Failure> {
    carry::carry_out(&mut carry::RealHost, &step.body, attempt)
}

ringkeeper_sdk::export!(Tools);
