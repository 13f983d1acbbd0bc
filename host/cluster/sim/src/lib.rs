//! A small in-memory cluster for tests and benchmarks.
//!
//! Build one with racks and keyspaces, hand a clone to the code under test, and keep another to turn its knobs: a
//! [`SimCluster`] is a handle, and all clones are the same cluster. The picture to keep in mind: every node is one
//! [`SimNode`], a plain struct, and every answer is computed from all of them at the moment it is given. Nothing is
//! simulated; what a peer sees is what the fields say. Slow answers wait on tokio's clock, so a paused runtime makes
//! them free.
//!
//! ```
//! # use ringkeeper_sim::{Answers, SimCluster};
//! let cluster = SimCluster::builder().rack("dc1", "r1", 2).rack("dc1", "r2", 1).build();
//! let first = cluster.nodes()[0];
//! cluster.edit(first, |node| node.answers = Answers::Never);
//! ```

mod answer;
mod builder;
mod disks;
mod driver;
mod faults;
mod happened;
mod knobs;
mod lifecycle;
mod load;
mod machines;
mod node;
mod remembered;
mod repair;
mod rows;
mod snapshots;
mod state;
mod streaming;
mod tools;
mod written;

pub use builder::Builder;
pub use happened::Happening;
pub use lifecycle::{LifecycleCall, LifecycleChange, LifecycleEvent, LifecycleFault};
pub use load::Load;
pub use node::{Answers, SimNode};
pub use repair::{SimRepair, StartFault};
pub use rows::Stale;
pub use tools::{SimTool, ToolFault};

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_cluster::{Endpoint, NodeError, NodeId, NodePlacement, RepairCommand, RepairOrder, Schema};
use ringkeeper_ring::PlacementMap;
use uuid::Uuid;

use state::State;

/// A handle to a cluster in memory. Clones are the same cluster.
#[derive(Clone, Debug)]
pub struct SimCluster {
    state: Arc<Mutex<State>>,
}

impl SimCluster {
    /// A cluster without nodes, to be filled.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// All nodes, in the order they were built.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeId> {
        self.lock().nodes.keys().copied().collect()
    }

    /// A copy of the node as it is now; none when it was removed.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<SimNode> {
        self.lock().nodes.get(&id).cloned()
    }

    /// Changes a node. Nothing happens to one that was removed.
    pub fn edit(&self, id: NodeId, change: impl FnOnce(&mut SimNode)) {
        let mut state = self.lock();
        if let Some(node) = state.nodes.get_mut(&id) {
            change(node);
        }
        state.note_now();
    }

    /// Puts a node in, or in the place of the one with its id.
    pub fn put(&self, node: SimNode) {
        let mut state = self.lock();
        state.nodes.insert(node.id, node);
        state.note_now();
    }

    /// Takes a node out of the ring: nobody knows it any more.
    pub fn remove(&self, id: NodeId) {
        let mut state = self.lock();
        state.nodes.remove(&id);
        state.note_now();
    }

    /// Kills the node's process: it does not answer, and its peers see it down.
    pub fn kill(&self, id: NodeId) {
        self.edit(id, |node| node.running = false);
        self.lock().repairs.node_died(id);
    }

    /// Starts the node anew, `uptime` after its last start: a new process in normal mode.
    pub fn restart(&self, id: NodeId, uptime: Duration) {
        self.edit(id, |node| node.restart(uptime));
    }

    /// Cuts or mends the line from one node to another. `observer` sees `seen` down while it is cut.
    pub fn set_cut(&self, observer: NodeId, seen: NodeId, is_cut: bool) {
        self.edit(observer, |node| {
            if is_cut {
                node.cut_off.insert(seen)
            } else {
                node.cut_off.remove(&seen)
            };
        });
    }

    /// Changes the schema, which gives every node that runs a new schema version.
    pub fn edit_schema(&self, change: impl FnOnce(&mut Schema)) {
        let mut state = self.lock();
        change(&mut state.schema);
        state.end_repairs_of_dropped_tables();
        state.schema_changes += 1;
        let version = Uuid::from_u128(state.schema_changes).to_string();
        for node in state
            .nodes
            .values_mut()
            .filter(|node| node.running && !node.schema_frozen)
        {
            node.schema_version.clone_from(&version);
        }
    }

    /// How questions about the schema are answered.
    pub fn set_schema_answers(&self, answers: Answers) {
        self.lock().schema_answers = answers;
    }

    /// What contact points resolve to from now on.
    pub fn set_contact_points(&self, contact_points: Result<Vec<Endpoint>, NodeError>) {
        self.lock().contact_points = contact_points;
    }

    /// Makes every node claim these placements of a keyspace instead of the computed ones.
    pub fn claim_placements(&self, keyspace: &str, placements: Option<Vec<NodePlacement>>) {
        let claims = &mut self.lock().claimed_placements;
        match placements {
            Some(placements) => claims.insert(keyspace.to_owned(), placements),
            None => claims.remove(keyspace),
        };
    }

    /// How long each repair takes from now on; 10 s unless said otherwise, or by the bytes of tables where there is a load.
    pub fn repairs_take(&self, time: Duration) {
        self.lock().repairs.takes = Some(time);
    }

    /// What happens to the next call that starts a repair at this node.
    pub fn fault_next_start(&self, node: NodeId, fault: StartFault) {
        self.lock().repairs.start_faults.push((node, fault));
    }

    /// Makes the next so many repairs of a table fail with these words.
    pub fn fail_repairs(&self, table: &str, times: u32, words: &str) {
        let failure = (table.to_owned(), times, words.to_owned());
        self.lock().repairs.failures.push(failure);
    }

    /// Whether nodes forget at once how a command ended.
    pub fn forget_repairs(&self, forgetful: bool) {
        self.lock().repairs.forgetful = forgetful;
    }

    /// Has a node take a repair that nobody of us asked for.
    ///
    /// # Errors
    /// When the node would refuse it.
    pub fn repair_by_another_tool(
        &self,
        node: NodeId,
        order: &RepairOrder,
    ) -> Result<RepairCommand, NodeError> {
        let mut state = self.lock();
        let Some(found) = state.nodes.get(&node).cloned() else {
            return Err(NodeError::new(
                ringkeeper_cluster::NodeErrorKind::Unreachable,
                node,
                "no such node",
            ));
        };
        state.take_repair(&found, order, Duration::ZERO)
    }

    /// Every repair that was ever taken, in order.
    #[must_use]
    pub fn repairs(&self) -> Vec<SimRepair> {
        self.lock().repairs.taken.clone()
    }

    /// The repair at a place of [`SimCluster::repairs`].
    #[must_use]
    pub fn repair_at(&self, place: usize) -> Option<SimRepair> {
        self.lock().repairs.taken.get(place).cloned()
    }

    /// How many repairs were ever taken.
    #[must_use]
    pub fn repairs_taken(&self) -> usize {
        self.lock().repairs.taken.len()
    }

    /// The first table that clients write to, with where its ranges are.
    #[must_use]
    pub fn first_user_table(&self) -> Option<(String, String, PlacementMap<NodeId>)> {
        let state = self.lock();
        let table = state.user_tables().next()?;
        let map = state.placement_map(&table.keyspace).ok()?;
        Some((table.keyspace, table.table, map))
    }

    /// How often the function of this name was called at this endpoint.
    #[must_use]
    pub fn calls(&self, function: &str, at: Endpoint) -> u64 {
        self.lock()
            .calls
            .get(&at)
            .and_then(|calls| calls.get(function))
            .copied()
            .unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle();
        state
    }
}
