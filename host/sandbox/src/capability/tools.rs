//! `tools`: runs Cassandra's own tools beside nodes.

use ringkeeper_plan::Impact;
use wasmtime::component::{HasSelf, Resource};

use super::tool_catalogue::{bytes, values};
use super::{Access, Capability};
use crate::bindings::ringkeeper::maintenance::tool_catalogue::Argument;
use crate::bindings::ringkeeper::maintenance::tools::{Host, Intent, add_to_linker};
use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::{CallState, Refused};
use crate::work::{Job, ToolIntent, ToolWanted};

pub(super) const CAPABILITY: Capability = Capability {
    name: "tools",
    summary: "runs Cassandra's own tools beside nodes",
    access: Access::Changes,
    impact: Impact::Disrupt,
    base: false,
    link: |linker| add_to_linker::<_, HasSelf<_>>(linker, |call| call),
};

impl Host for CallState {
    async fn run(
        &mut self,
        node: String,
        tool: String,
        arguments: Vec<Argument>,
        intent: Intent,
    ) -> Result<Resource<Job>, Refused> {
        let context = self.enter(&CAPABILITY, node.len() + tool.len() + bytes(&arguments))?;
        let node = node.parse().map_err(|error| Error::Invalid(format!("{error}")))?;
        let wanted = ToolWanted {
            tool,
            values: values(arguments),
            intent: match intent {
                Intent::Careful => ToolIntent::Careful,
                Intent::DryRun => ToolIntent::DryRun,
                Intent::ForReal => ToolIntent::ForReal,
            },
        };
        let job = context.work.run_tool(node, wanted).await?;
        self.give_job(job)
    }
}
