//! Streams between nodes.

use std::collections::BTreeSet;

use ringkeeper_cluster::{NodeId, NodeView, Stream};

use super::concerns;
use crate::scene::{Scene, address, list};
use crate::{Block, Rule};

/// Streams by which nodes change their place in the ring, in Cassandra's words. All others, such as those of repairs and
/// hints, matter to the nodes in them alone.
const OF_TOPOLOGY: [&str; 5] = [
    "Bootstrap",
    "Rebuild",
    "Unbootstrap",
    "Relocation",
    "Restore replica count",
];

/// A block for each node with streams that concern the proposal, one for each kind of stream.
pub(super) fn blocks(scene: &Scene<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let ours: BTreeSet<NodeId> = scene.proposal.nodes.clone();
    for node in scene.snapshot().nodes.values() {
        let streams = node.work.streams.iter();
        let in_the_way: BTreeSet<&Stream> = streams
            .filter(|stream| matters(scene, &ours, node, stream))
            .collect();
        let operations: BTreeSet<&str> = in_the_way
            .iter()
            .map(|stream| stream.operation.as_str())
            .collect();
        for operation in operations {
            let of_kind = in_the_way.iter().filter(|stream| stream.operation == operation);
            let peers: BTreeSet<_> = of_kind.flat_map(|stream| &stream.peers).collect();
            let peers = list(peers.into_iter().map(|peer| address(*peer)));
            blocks.push(
                Block::new(
                    Rule::Topology,
                    scene.name(node.id),
                    "streams",
                    format!("of {operation} with {peers}"),
                )
                .lifted_by("lifted when they have ended; `nodetool netstats` there shows how far they are"),
            );
        }
    }
    blocks
}

fn matters(scene: &Scene<'_>, ours: &BTreeSet<NodeId>, node: &NodeView, stream: &Stream) -> bool {
    let is_in_it = ours.contains(&node.id) || scene.nodes().any(|ours| stream.peers.contains(&ours.endpoint));
    if is_in_it {
        return true;
    }
    let all = scene.snapshot().nodes.values();
    let mut peers = all.filter(|peer| stream.peers.contains(&peer.endpoint));
    OF_TOPOLOGY.contains(&stream.operation.as_str())
        && (concerns(scene, node) || peers.any(|peer| concerns(scene, peer)))
}
