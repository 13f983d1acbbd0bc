//! `ringkeeper tool`: what is known of Cassandra's own tools. Needs no host.

use ringkeeper_tools::{Rule, Tool, catalogue, find};

use crate::arguments::ToolCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) fn run(command: ToolCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        ToolCommand::List { all } => {
            let mut tools: Vec<&Tool> = catalogue().filter(|tool| all || is_run(tool)).collect();
            tools.sort_unstable_by_key(|tool| tool.name);
            output.several(&tools, render::tools::list)?;
        }
        ToolCommand::Explain { name } => {
            let tool = find(&name).map_err(|error| {
                let remedy = "ringkeeper tool list --all shows every one";
                Failure::new(Exit::NotFound, error.to_string(), remedy)
            })?;
            output.one(tool, render::tools::one)?;
        }
    }
    Ok(Exit::Done)
}

fn is_run(tool: &Tool) -> bool {
    matches!(tool.rule, Rule::Freely | Rule::ForReal)
}
