//! Long calls wait for each other, one node by itself.
//!
//! An agent has few threads, and a call that blocks keeps one busy to its end. Two of them at one node, one because the
//! other takes long, would take the threads that everything else is asked through.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ringkeeper_cluster::Endpoint;
use tokio::sync::OwnedMutexGuard;

/// One lane a node.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    by_node: Mutex<BTreeMap<Endpoint, Arc<tokio::sync::Mutex<()>>>>,
}

impl Lanes {
    /// Waits until no other long call is at this node, and keeps others away until the answer is dropped.
    pub(crate) async fn enter(&self, node: Endpoint) -> OwnedMutexGuard<()> {
        let lane = {
            let mut lanes = self.by_node.lock().unwrap_or_else(PoisonError::into_inner);
            // Nodes come and go; a lane nobody is on may go too.
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
            Arc::clone(lanes.entry(node).or_default())
        };
        lane.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn one_call_at_a_time_is_at_a_node_and_none_waits_for_another_node() {
        let lanes = Lanes::default();
        let [one, other]: [Endpoint; 2] = ["10.0.0.1", "10.0.0.2"].map(|text| text.parse().unwrap());
        let first = lanes.enter(one).await;
        let mut second = std::pin::pin!(lanes.enter(one));
        assert!(poll!(second.as_mut()).is_pending());
        drop(lanes.enter(other).await);
        drop(first);
        drop(second.await);
        drop(lanes.enter(other).await);
        assert!(lanes.by_node.lock().unwrap().len() <= 1);
    }
}
