//! What a plugin asks for: through the gate, journaled, answered with a job.

use ringkeeper_cluster::{NodeId, Order, ToolCall, ToolErrorKind};
use ringkeeper_journal::{Call, EffectResult};
use ringkeeper_sandbox::{Job, ToolWanted, WorkError};

use super::super::digest::call_digest;
use super::super::effects::StepWork;
use super::super::gate::Wanted;
use super::super::lifecycle::place;
use super::super::run::Effect;
use super::super::touched;
use super::needs_stopped_node;
use crate::conductor::Watched;

impl StepWork {
    /// Journals a tool, and answers its job. It is begun once the plugin waits for the job, or its attempt ends.
    pub(in crate::runs) async fn ask_for_tool(
        &self,
        node: NodeId,
        wanted: &ToolWanted,
    ) -> Result<Job, WorkError> {
        const FUNCTION: &str = "tools.run";
        let mut order = None;
        let touched = self.touched(FUNCTION, |snapshot| {
            let call = touched::tool_call(snapshot, node, wanted)?;
            let touched = touched::by_tool(node, &call);
            order = Some(call);
            Ok(touched)
        })?;
        let order = order.ok_or_else(|| WorkError::Other("no tool was made of it".to_owned()))?;
        let call = Call::Tool { order };
        let digest = call_digest(node, &call);
        if let Some(known) = self.known(&digest, self.occurrence(&digest)) {
            self.note_made(&digest);
            return Ok(Job { id: known.0 });
        }
        self.let_pass(FUNCTION, &touched).await?;
        if let Call::Tool { order } = &call {
            self.is_stopped_where_it_must(node, order)?;
        }
        let snapshot = self.cluster.snapshot();
        let view = snapshot
            .as_ref()
            .and_then(|snapshot| snapshot.nodes.get(&node))
            .ok_or_else(|| WorkError::NotFound(format!("no node has the host id {node}")))?;
        let wanted = Wanted {
            node,
            endpoint: view.endpoint,
            process: self.process_of(view).await,
            digest,
            call,
            undo: None,
        };
        let effect = self.intend(wanted, &touched).await?;
        Ok(Job { id: effect.0 })
    }

    /// What works on the files of a node is begun only where this step has stopped it and will bring it back.
    fn is_stopped_where_it_must(&self, node: NodeId, order: &ToolCall) -> Result<(), WorkError> {
        if !needs_stopped_node(order) {
            return Ok(());
        }
        let book = self.cluster.stream.book();
        let run = book.run(&self.run);
        let is_stop = |effect: &Effect| {
            effect.intent.node == node
                && effect.intent.call == Call::Stop
                && matches!(effect.result, Some(EffectResult::Done { .. }))
        };
        match run.is_some_and(|run| run.open_undos(&self.step).any(is_stop)) {
            true => Ok(()),
            false => Err(WorkError::Conflict(format!(
                "{} works on the files of a stopped node, and this step has not stopped it: call `lifecycle.stop` before",
                order.tool
            ))),
        }
    }
}

impl Watched {
    /// Whether tools can be run beside this node now.
    pub(in crate::runs) async fn runs_tools(&self, node: NodeId) -> Result<(), WorkError> {
        let snapshot = self
            .snapshot()
            .ok_or_else(|| WorkError::Unavailable("the host has not looked at the cluster yet".to_owned()))?;
        let place = place(&snapshot, node)
            .ok_or_else(|| WorkError::NotFound(format!("no node has the host id {node}")))?;
        // No order has this number, so that this asks whether anybody is there who could be given one.
        let nothing = Order {
            run: String::new(),
            step: String::new(),
            number: 0,
        };
        match self.tools.state(&place, &nothing).await {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.kind {
                ToolErrorKind::Unsupported | ToolErrorKind::Refused => WorkError::Unsupported(error.message),
                ToolErrorKind::Unavailable | ToolErrorKind::Lost => WorkError::Unavailable(error.message),
            }),
        }
    }
}
