//! How processes come and go, and what was seen of it.

use std::collections::BTreeSet;
use std::time::Duration;

use ringkeeper_cluster::NodeId;

use crate::{LifecycleEvent, LifecycleFault, SimCluster};

impl SimCluster {
    /// How long each drain takes from now on; 2 s unless said otherwise.
    pub fn drains_take(&self, time: Duration) {
        self.lock().lifecycle.drain_takes = time;
    }

    /// How long it takes from now on to stop a process; 1 s unless said otherwise.
    pub fn stops_take(&self, time: Duration) {
        self.lock().lifecycle.stop_takes = time;
    }

    /// How long it takes from now on to start a process, 1 s unless said otherwise, and for how long it is `STARTING`
    /// then until it joins its ring, 20 s unless said otherwise.
    pub fn starts_take(&self, process: Duration, joining: Duration) {
        let lifecycle = &mut self.lock().lifecycle;
        lifecycle.start_takes = process;
        lifecycle.join_takes = joining;
    }

    /// How long the driver lets one start or stop take from now on; 2 min unless said otherwise.
    pub fn set_driver_limit(&self, limit: Duration) {
        self.lock().lifecycle.driver_limit = limit;
    }

    /// What goes wrong with the next so many calls at this node that the fault can strike.
    pub fn fault_lifecycle(&self, node: NodeId, fault: LifecycleFault, times: u32) {
        let faults = &mut self.lock().lifecycle.faults;
        faults.extend((0..times).map(|_| (node, fault.clone())));
    }

    /// How often a drain of this node was asked for.
    #[must_use]
    pub fn drains_of(&self, node: NodeId) -> u64 {
        self.calls_at(node, "drain")
    }

    /// How often the driver was asked to stop it.
    #[must_use]
    pub fn stops_of(&self, node: NodeId) -> u64 {
        self.calls_at(node, "stop")
    }

    /// How often the driver was asked to start it.
    #[must_use]
    pub fn starts_of(&self, node: NodeId) -> u64 {
        self.calls_at(node, "start")
    }

    /// Everything that became of processes by drains, stops and starts, in order.
    #[must_use]
    pub fn lifecycle_events(&self) -> Vec<LifecycleEvent> {
        self.lock().lifecycle.events.clone()
    }

    /// Which nodes were down for their peers together, one set after the other as it changed, whatever the reason.
    #[must_use]
    pub fn downs(&self) -> Vec<BTreeSet<NodeId>> {
        self.lock().lifecycle.downs.clone()
    }

    /// How many nodes were down for their peers at once at most.
    #[must_use]
    pub fn most_down_at_once(&self) -> usize {
        self.downs().iter().map(BTreeSet::len).max().unwrap_or(0)
    }

    fn calls_at(&self, node: NodeId, function: &str) -> u64 {
        self.node(node)
            .map_or(0, |node| self.calls(function, node.endpoint))
    }
}
