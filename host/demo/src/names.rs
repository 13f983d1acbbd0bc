//! Nodes by their places, where the host speaks of addresses.

use std::collections::BTreeMap;

use ringkeeper_cluster::NodeId;
use ringkeeper_testkit::StageNode;

/// What each node is called here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    by_address: BTreeMap<String, String>,
    by_id: BTreeMap<NodeId, String>,
}

impl Names {
    pub(crate) fn of(nodes: &[StageNode]) -> Self {
        let address = |node: &StageNode| node.node.endpoint.ip().to_string();
        Self {
            by_address: nodes
                .iter()
                .map(|node| (address(node), node.place.clone()))
                .collect(),
            by_id: nodes
                .iter()
                .map(|node| (node.node.id, node.place.clone()))
                .collect(),
        }
    }

    pub(crate) fn of_id(&self, id: NodeId) -> String {
        self.by_id.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// A text in which places stand for addresses and for host ids.
    pub(crate) fn told(&self, text: &str) -> String {
        let words = text.split(' ').map(|word| self.word(word));
        words.collect::<Vec<_>>().join(" ")
    }

    fn word(&self, word: &str) -> String {
        let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let address = core.split_once(':').map_or(core, |(address, _)| address);
        let place = self.by_address.get(address).cloned().or_else(|| {
            let id = self.by_id.iter().find(|(id, _)| id.to_string() == core);
            id.map(|(_, place)| place.clone())
        });
        match place {
            Some(place) if !core.is_empty() => word.replace(core, &place),
            _ => word.to_owned(),
        }
    }
}
