//! `tool-catalogue`: what is known of Cassandra's own tools.

use ringkeeper_plan::Impact;
use ringkeeper_tools::{Command, Ground, Line, Rule, Tool, ToolError, catalogue, find};
use wasmtime::component::HasSelf;

use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::tool_catalogue::{Argument, Checked, Host, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::{self, Error};
use crate::call_state::{CallState, Refused};
use crate::members::parse_node;

pub(super) const CAPABILITY: Capability = Capability {
    name: "tool-catalogue",
    summary: "sees what Cassandra's own tools take and can break",
    access: Access::Reads,
    impact: Impact::Observe,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn names(&mut self) -> Result<Vec<String>, Refused> {
        self.enter(&CAPABILITY, 0)?;
        let may_run = |tool: &&Tool| matches!(tool.rule, Rule::Freely | Rule::ForReal);
        let names = catalogue().filter(may_run).map(|tool| tool.name.to_owned());
        Ok(names.collect())
    }

    async fn check(
        &mut self,
        node: String,
        tool: String,
        arguments: Vec<Argument>,
    ) -> Result<Checked, Refused> {
        let context = self.enter(&CAPABILITY, node.len() + tool.len() + bytes(&arguments))?;
        let view = parse_node(context.snapshot()?, &node)?;
        let tool = find(&tool).map_err(|error| Error::NotFound(error.to_string()))?;
        may_run(tool)?;
        let release = view.release_version.as_deref().unwrap_or("of an unknown release");
        let line = Line::of(release)
            .ok_or_else(|| Error::Unavailable(format!("the tools of Cassandra {release} are not known")))?;
        let command = tool.command(line, &values(arguments), false).map_err(invalid)?;
        let id = view.id;
        context.work.runs_tools(id).await?;
        Ok(checked(&command))
    }
}

fn may_run(tool: &Tool) -> Result<(), Error> {
    match tool.rule {
        Rule::Freely | Rule::ForReal => Ok(()),
        Rule::Instead(operation) => Err(Error::Unsupported(format!(
            "{} is not run here; the operation {operation} does it",
            tool.name
        ))),
        Rule::Never(reason) => Err(Error::Unsupported(format!(
            "{} is not run here: {reason}",
            tool.name
        ))),
    }
}

fn invalid(error: ToolError) -> Error {
    Error::Invalid(error.to_string())
}

fn checked(command: &Command) -> Checked {
    let tool = command.tool;
    let own = Some(tool.risk).filter(|risk| !risk.is_empty());
    let risks = own.into_iter().chain(command.risks.iter().copied());
    Checked {
        words: command.shown(),
        impact: match tool.impact {
            Impact::Observe => types::Impact::Observe,
            Impact::Change => types::Impact::Change,
            Impact::Disrupt => types::Impact::Disrupt,
        },
        needs_stopped_node: tool.ground == Ground::StoppedNode,
        is_for_real_only: command.is_for_real_only(),
        has_dry_run: !tool.dry_run.is_empty(),
        risks: risks.map(str::to_owned).collect(),
        look_first: tool.look.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// Bytes the guest handed over.
pub(super) fn bytes(arguments: &[Argument]) -> usize {
    let lengths = arguments
        .iter()
        .map(|argument| argument.name.len() + argument.value.len());
    lengths.sum()
}

/// As the catalogue takes them.
pub(super) fn values(arguments: Vec<Argument>) -> Vec<(String, String)> {
    let pairs = arguments
        .into_iter()
        .map(|argument| (argument.name, argument.value));
    pairs.collect()
}
