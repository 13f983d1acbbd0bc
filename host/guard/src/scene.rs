//! A question with everything that is known, as each rule gets it.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{Endpoint, NodeId, NodeView, Snapshot};
use ringkeeper_plan::Impact;

use crate::standing::Reach;
use crate::{Lease, Policy, Proposal, Standing, Standings, WorkKind, World};

/// A question with everything that is known.
pub(crate) struct Scene<'s> {
    pub(crate) proposal: &'s Proposal,
    pub(crate) world: &'s World<'s>,
    pub(crate) policy: &'s Policy,
    pub(crate) standings: Standings,
    /// What is concerned where the proposal's nodes are taken away; nothing where they are not.
    pub(crate) reach: Reach,
}

impl<'s> Scene<'s> {
    pub(crate) const fn snapshot(&self) -> &'s Snapshot {
        self.world.snapshot
    }

    pub(crate) fn disrupts(&self) -> bool {
        self.proposal.impact == Impact::Disrupt
    }

    /// What the proposal is, as far as leases and the like see it: a disruption is one, whatever it calls itself.
    pub(crate) fn work(&self) -> BTreeSet<WorkKind> {
        let mut work = self.proposal.work.clone();
        match self.proposal.impact {
            Impact::Disrupt => {
                work.insert(WorkKind::Disrupt);
            }
            Impact::Change if work.iter().all(|kind| *kind == WorkKind::Observe) => {
                work.insert(WorkKind::Other);
            }
            Impact::Change | Impact::Observe => {}
        }
        work
    }

    /// The proposal's nodes that the snapshot knows.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &'s NodeView> {
        let nodes = self.proposal.nodes.iter();
        nodes.filter_map(|node| self.world.snapshot.nodes.get(node))
    }

    /// The proposal's nodes that the snapshot knows, by data centre.
    pub(crate) fn by_centre(&self) -> BTreeMap<&'s str, Vec<&'s NodeView>> {
        let mut centres: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for node in self.nodes() {
            centres.entry(node.data_centre.as_str()).or_default().push(node);
        }
        centres
    }

    pub(crate) fn standing(&self, node: NodeId) -> Standing {
        self.standings.of(node)
    }

    /// Whether this lease is of whoever asks.
    pub(crate) fn is_own(&self, lease: &Lease) -> bool {
        is_own(self.proposal, lease)
    }

    /// A node as people know it.
    pub(crate) fn name(&self, node: NodeId) -> String {
        let view = self.world.snapshot.nodes.get(&node);
        view.map_or_else(|| node.to_string(), |view| address(view.endpoint))
    }

    /// Nodes as people know them; of many, the first few.
    pub(crate) fn names(&self, nodes: impl IntoIterator<Item = NodeId>) -> String {
        list(nodes.into_iter().map(|node| self.name(node)))
    }
}

/// Whether this lease is of whoever makes this proposal.
pub(crate) fn is_own(proposal: &Proposal, lease: &Lease) -> bool {
    proposal.holder.as_ref() == Some(&lease.holder)
}

/// An address without the port where that is the usual one.
pub(crate) fn address(endpoint: Endpoint) -> String {
    if endpoint.port() == Endpoint::DEFAULT_STORAGE_PORT {
        endpoint.ip().to_string()
    } else {
        endpoint.to_string()
    }
}

/// The first five, and how many more there are.
pub(crate) fn list(names: impl IntoIterator<Item = String>) -> String {
    const SHOWN: usize = 5;
    let mut names = names.into_iter();
    let mut text = names.by_ref().take(SHOWN).collect::<Vec<_>>().join(", ");
    let more = names.count();
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}
