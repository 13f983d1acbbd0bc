//! `ringkeeper tool`: what is known of Cassandra's own tools, which needs no host; and running them.

mod printed;
mod run;

use ringkeeper_tools::{Rule, Tool, catalogue, find};

pub(crate) use run::output;

use crate::arguments::{Common, ToolCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(common: &Common, command: ToolCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        ToolCommand::List { all } => {
            let mut tools: Vec<&Tool> = catalogue().filter(|tool| all || is_run(tool)).collect();
            tools.sort_unstable_by_key(|tool| tool.name);
            output.several(&tools, render::tools::list)?;
        }
        ToolCommand::Explain { name } => output.one(named(&name)?, render::tools::one)?,
        ToolCommand::Run(arguments) => {
            return run::run(&super::client(common)?, arguments, output).await;
        }
    }
    Ok(Exit::Done)
}

fn named(name: &str) -> Result<&'static Tool, Failure> {
    find(name).map_err(|error| {
        let remedy = "ringkeeper tool list --all shows every one";
        Failure::new(Exit::NotFound, error.to_string(), remedy)
    })
}

fn is_run(tool: &Tool) -> bool {
    matches!(tool.rule, Rule::Freely | Rule::ForReal)
}
