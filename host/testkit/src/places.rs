//! Where the nodes of a scenario are, and which node of the cluster each is.

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;
use ringkeeper_config::{DataCentreConfig, NodePlace, Scenario};
use ringkeeper_sim::SimCluster;

/// Nodes by place, in the order of the scenario.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    list: Vec<(String, NodeId, NodePlace)>,
    by_id: BTreeMap<NodeId, usize>,
}

impl Places {
    pub(crate) fn of(scenario: &Scenario, cluster: &SimCluster) -> Self {
        let places = scenario.data_centres.iter().flat_map(DataCentreConfig::places);
        let list: Vec<_> = places
            .zip(cluster.nodes())
            .map(|(place, node)| (place.to_string(), node, place))
            .collect();
        let by_id = list
            .iter()
            .enumerate()
            .map(|(at, (_, node, _))| (*node, at))
            .collect();
        Self { list, by_id }
    }

    /// All names, in order.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.list.iter().map(|(name, _, _)| name.as_str())
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.list.iter().map(|(_, node, _)| *node)
    }

    pub(crate) fn node(&self, name: &str) -> Option<NodeId> {
        self.list
            .iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, node, _)| *node)
    }

    /// Its place in words; its host id where it is in none.
    pub(crate) fn name(&self, node: NodeId) -> String {
        self.place(node)
            .map_or_else(|| node.to_string(), NodePlace::to_string)
    }

    pub(crate) fn place(&self, node: NodeId) -> Option<&NodePlace> {
        let (_, _, place) = self.list.get(*self.by_id.get(&node)?)?;
        Some(place)
    }
}
