//! What is seen of one node at this moment.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{
    Membership, MembershipReport, NodeError, NodeId, NodeView, PeerStatus, ProcessPlace, ProcessState,
    Snapshot,
};
use ringkeeper_journal::{Part, Undo};
use ringkeeper_seams::Timestamp;

use super::super::follow::run_of;
use super::super::run::Effect;
use crate::Conductor;
use crate::conductor::Watched;

/// What is left to a driver's call beyond its own limit.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A node at this moment.
pub(super) enum Seen {
    /// It answers.
    Answers(Box<MembershipReport>),
    /// It does not; what its process driver says.
    Silent {
        error: NodeError,
        process: Result<ProcessState, String>,
    },
}

/// How far a node that answers is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It serves, or is about to.
    Serving,
    /// It stops serving.
    Draining,
    /// It serves nobody until its process is started again.
    Drained,
    /// It is on its way into the ring.
    Coming,
}

/// How far a node that says this of itself is.
pub(super) fn mode(report: &MembershipReport) -> Mode {
    match report.operation_mode.as_str() {
        "DRAINED" => Mode::Drained,
        "DRAINING" => Mode::Draining,
        "NORMAL" => Mode::Serving,
        _ => Mode::Coming,
    }
}

/// Whether a node takes part and takes clients, by its own word.
pub(super) fn serves(report: &MembershipReport) -> bool {
    mode(report) == Mode::Serving && report.gossip_running && report.native_transport_running
}

/// Whether its peers see it as a full member.
pub(super) fn is_seen_back(view: &NodeView) -> bool {
    view.status == PeerStatus::Up && view.membership == Membership::Normal
}

/// Where the process of a node is; none where it is no member.
pub(in crate::runs) fn place(snapshot: &Snapshot, node: NodeId) -> Option<ProcessPlace> {
    let view = snapshot.nodes.get(&node)?;
    Some(ProcessPlace {
        node,
        endpoint: view.endpoint,
        data_centre: view.data_centre.clone(),
        rack: view.rack.clone(),
    })
}

/// Where the process of an effect's node is: as the ring has it, else as it was when the node was taken away. A host that
/// finds its only contact point down sees no ring before it has brought that node back.
pub(in crate::runs) fn place_of(cluster: &Watched, effect: &Effect) -> Option<ProcessPlace> {
    let node = effect.intent.node;
    let seen = cluster.snapshot().and_then(|snapshot| place(&snapshot, node));
    seen.or_else(|| {
        let book = cluster.stream.book();
        let run = book.run(&run_of(&effect.intent.effect))?;
        let mut taken = run
            .open_undos(&effect.intent.step)
            .filter(|taken| taken.intent.node == node);
        taken.find_map(|taken| {
            let Some(Undo::Serve {
                data_centre, rack, ..
            }) = &taken.intent.undo
            else {
                return None;
            };
            Some(ProcessPlace {
                node,
                endpoint: taken.intent.endpoint,
                data_centre: data_centre.clone(),
                rack: rack.clone(),
            })
        })
    })
}

impl Conductor {
    /// Looks at a node, and where it is silent asks its process driver.
    pub(super) async fn see(&self, cluster: &Watched, effect: &Effect) -> Seen {
        match cluster.access.membership(effect.intent.endpoint).await {
            Ok(report) => Seen::Answers(Box::new(report)),
            Err(error) => {
                let place = place_of(cluster, effect);
                let process = match place {
                    Some(place) => cluster
                        .process
                        .state(&place)
                        .await
                        .map_err(|error| error.to_string()),
                    None => Ok(ProcessState::Unknown),
                };
                Seen::Silent { error, process }
            }
        }
    }

    /// Whether a driver's call that was begun then, by a host that is gone, may still be under way.
    pub(super) fn may_still_run(
        &self,
        cluster: &Watched,
        calling: Option<(Part, Timestamp)>,
        part: Part,
    ) -> bool {
        calling.is_some_and(|(called, at)| {
            called == part && self.seams().clock.now().since(at) < cluster.process.limit() + LAST_WORDS
        })
    }
}

impl Watched {
    /// A look at the whole cluster that begins now; the newest there is where the observer has ended.
    pub(in crate::runs) async fn look(&self) -> Option<Arc<Snapshot>> {
        self.looker.look().await.or_else(|| self.snapshot())
    }
}
