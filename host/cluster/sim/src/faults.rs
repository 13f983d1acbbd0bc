//! What can go wrong, beside what is set on a node.

use std::collections::BTreeSet;

use ringkeeper_cluster::NodeId;

use crate::lifecycle::LifecycleChange;
use crate::state::State;
use crate::{Answers, SimCluster};

impl SimCluster {
    /// The node's process is started, by whoever looks after it, and joins its ring after its time.
    pub fn start_by_itself(&self, id: NodeId) {
        let mut state = self.lock();
        let Some(node) = state.nodes.get(&id).filter(|node| !node.running).cloned() else {
            return;
        };
        let takes = state.lifecycle.start_takes;
        state.schedule(&node, LifecycleChange::Started, takes, None);
    }

    /// The node's process stands still, or goes on.
    pub fn set_hung(&self, id: NodeId, hung: bool) {
        self.edit(id, |node| {
            node.hung = hung;
            node.answers = if hung { Answers::Never } else { Answers::Now };
        });
        if hung {
            self.lock().repairs.node_lost(id);
        }
    }

    /// The node's data disk is full, which ends what it serves and the repairs it takes part in; or has room again,
    /// which changes nothing for it until it is started anew.
    pub fn set_disk_full(&self, id: NodeId, full: bool) {
        if full {
            self.lock().fill_disk(id);
        } else {
            self.edit(id, |node| node.disk_full = false);
        }
    }

    /// Streams to and from the node fail, now and from now on, or not any more.
    pub fn set_streams_fail(&self, id: NodeId, fail: bool) {
        self.edit(id, |node| node.streams_fail = fail);
        if fail {
            let words = format!("Stream with {id} failed: Connection reset by peer");
            self.lock()
                .repairs
                .fail_where(&words, |repair| repair.participants.contains(&id));
        }
    }

    /// Repairs that the node leads never end by themselves from now on; when that is over, those fail that did not.
    pub fn set_repairs_hang(&self, id: NodeId, hang: bool) {
        self.edit(id, |node| node.repairs_hang = hang);
        if !hang {
            let hung = |repair: &crate::SimRepair| {
                repair.coordinator == id && repair.ends_at.since(repair.started_at) > crate::repair::NEVER / 2
            };
            self.lock()
                .repairs
                .fail_where("Some repair failed: timed out", hung);
        }
    }

    /// The node does not hear any other, nor do the others hear it where `both`; or everybody hears everybody. Who hears
    /// nobody is down for the others once they are convinced, as on a real ring.
    pub fn set_partitioned(&self, id: NodeId, cut: bool, both: bool) {
        let mut state = self.lock();
        let now = state.lifecycle.now();
        let others: BTreeSet<NodeId> = state.nodes.keys().copied().filter(|other| *other != id).collect();
        for node in state.nodes.values_mut() {
            match (node.id == id, cut) {
                (true, true) => {
                    node.cut_off.clone_from(&others);
                    node.deaf_since.get_or_insert(now);
                }
                (true, false) => {
                    node.cut_off.clear();
                    node.deaf_since = None;
                }
                (false, true) if both => drop(node.cut_off.insert(id)),
                (false, _) => drop(node.cut_off.remove(&id)),
            }
        }
        if cut {
            state.repairs.node_lost(id);
        }
        state.note_now();
    }

    /// The answer of the next call that changes something at this node is lost; the call is done.
    pub fn lose_next_answer(&self, id: NodeId) {
        self.lock().lifecycle.lost_answers.insert(id);
    }

    /// The hints that are kept for the node are lost.
    pub fn lose_hints(&self, id: NodeId) {
        self.lock().rows.lose_hints(id);
    }

    /// The node runs the release line after its own, or its own again.
    pub fn set_upgraded(&self, id: NodeId, upgraded: bool) {
        self.edit(id, |node| match (upgraded, node.upgraded_from.take()) {
            (true, None) => {
                let own = node.release_version.clone();
                node.release_version = next_line(&own);
                node.upgraded_from = Some(own);
            }
            (false, Some(own)) => node.release_version = own,
            (_, from) => node.upgraded_from = from,
        });
    }

    /// The node takes up no change of the schema, and has another one than its peers; or takes up theirs.
    pub fn set_schema_frozen(&self, id: NodeId, frozen: bool) {
        let mut state = self.lock();
        let theirs = state
            .nodes
            .values()
            .find(|node| node.id != id && !node.schema_frozen)
            .map(|node| node.schema_version.clone());
        if let Some(node) = state.nodes.get_mut(&id) {
            node.schema_frozen = frozen;
            node.schema_version = match theirs {
                Some(theirs) if !frozen => theirs,
                // One that no change of the schema gives: those count up from nothing.
                _ => uuid::Uuid::from_u128(!id.as_uuid().as_u128()).to_string(),
            };
        }
    }
}

/// The first release of the next line: `5.1.0` after `5.0.5`.
fn next_line(release: &str) -> String {
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    let (major, minor): (u32, u32) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    format!("{major}.{}.0", minor + 1)
}

impl State {
    /// A node's data disk is full from now on.
    pub(crate) fn fill_disk(&mut self, id: NodeId) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.disk_full = true;
            node.gossip_running = false;
            node.native_transport_running = false;
        }
        self.note_now();
        let words = format!("Repair failed on {id}: No space left on device");
        self.repairs
            .fail_where(&words, |repair| repair.participants.contains(&id));
    }
}
