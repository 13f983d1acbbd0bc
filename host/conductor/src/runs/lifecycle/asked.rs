//! What a plugin asks for: through the gate, journaled with its undo, answered with a job.

use ringkeeper_cluster::{NodeId, NodeView, ProcessErrorKind, ProcessIdentity, Snapshot};
use ringkeeper_journal::{Call, Undo};
use ringkeeper_sandbox::{Job, WorkError};

use super::super::digest::call_digest;
use super::super::effects::StepWork;
use super::super::gate::Wanted;
use super::super::touched;
use super::seen::place;

impl StepWork {
    /// Journals a drain, stop or start, and answers its job. It is carried out once the plugin waits for the job, or its
    /// attempt ends.
    pub(in crate::runs) async fn lifecycle(
        &self,
        node: NodeId,
        call: Call,
        function: &str,
    ) -> Result<Job, WorkError> {
        let digest = call_digest(node, &call);
        if let Some(known) = self.known_of_attempt(&digest, self.occurrence(&digest)) {
            self.note_made(&digest);
            return Ok(Job { id: known.0 });
        }
        let touched = self.touched(function, |snapshot| touched::by_lifecycle(snapshot, node, &call))?;
        self.let_pass(function, &touched).await?;
        let snapshot = self
            .cluster
            .snapshot()
            .ok_or_else(|| WorkError::Unavailable("the host has not looked at the cluster yet".to_owned()))?;
        self.can_be_brought_back(&snapshot, node).await?;
        let view = snapshot
            .nodes
            .get(&node)
            .ok_or_else(|| WorkError::NotFound(format!("no node has the host id {node}")))?;
        let wanted = Wanted {
            node,
            endpoint: view.endpoint,
            process: self.process_of(view).await,
            digest,
            undo: undo_of(&call, view),
            call,
        };
        let effect = self.intend(wanted, &touched).await?;
        Ok(Job { id: effect.0 })
    }

    /// Nothing is taken away that nobody can bring back.
    async fn can_be_brought_back(&self, snapshot: &Snapshot, node: NodeId) -> Result<(), WorkError> {
        let Some(place) = place(snapshot, node) else {
            return Err(WorkError::NotFound(format!("no node has the host id {node}")));
        };
        match self.cluster.process.state(&place).await {
            Err(error) if error.kind == ProcessErrorKind::Unsupported => {
                Err(WorkError::Unsupported(error.to_string()))
            }
            _ => Ok(()),
        }
    }

    /// The process that is there now; the last one that was, where none answers.
    pub(in crate::runs) async fn process_of(&self, view: &NodeView) -> ProcessIdentity {
        match self.cluster.access.membership(view.endpoint).await {
            Ok(report) if report.host_id == view.id => report.process,
            _ => view.process.clone().unwrap_or_else(|| ProcessIdentity {
                name: "unknown".to_owned(),
                started_at: ringkeeper_seams::Timestamp::default(),
            }),
        }
    }
}

fn undo_of(call: &Call, view: &NodeView) -> Option<Undo> {
    matches!(call, Call::Drain | Call::Stop).then(|| Undo::Serve {
        data_centre: view.data_centre.clone(),
        rack: view.rack.clone(),
        release_version: view.release_version.clone(),
    })
}
