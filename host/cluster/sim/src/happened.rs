//! What happened in the cluster, in the order it came about.

use ringkeeper_cluster::NodeId;
use ringkeeper_seams::Timestamp;
use tokio::sync::watch;

use crate::LifecycleEvent;

/// Something that came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// Something became of a node's process by a drain, a stop or a start.
    Process(LifecycleEvent),
    /// Gossip from the node reaches nobody any more.
    Down(NodeId),
    /// It reaches others again.
    Up(NodeId),
    /// A repair has begun, or will when it leaves its node's queue: its place in [`crate::SimCluster::repairs`].
    RepairBegan(usize),
    /// It has ended.
    RepairEnded(usize),
}

/// Everything that happened.
#[derive(Debug)]
pub(crate) struct Happened {
    list: Vec<(Timestamp, Happening)>,
    count: watch::Sender<usize>,
}

impl Default for Happened {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            count: watch::Sender::new(0),
        }
    }
}

impl Happened {
    pub(crate) fn push(&mut self, at: Timestamp, what: Happening) {
        self.list.push((at, what));
        self.count.send_replace(self.list.len());
    }

    pub(crate) fn since(&self, seen: usize) -> Vec<(Timestamp, Happening)> {
        self.list.get(seen..).unwrap_or_default().to_vec()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }
}
