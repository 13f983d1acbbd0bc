//! What the nodes say, computed from what they are.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_cluster::{
    AgentThreads, Endpoint, MembershipReport, NodeError, NodeErrorKind, NodeId, NodePlacement, Probe, Schema,
    TopologyMember, TopologyReport,
};
use ringkeeper_ring::PlacementMap;

use crate::happened::Happened;
use crate::lifecycle::Lifecycle;
use crate::machines::Waited;
use crate::repair::Repairs;
use crate::rows::Rows;
use crate::tools::Tools;
use crate::{Answers, SimNode};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) nodes: BTreeMap<NodeId, SimNode>,
    pub(crate) schema: Schema,
    pub(crate) schema_changes: u128,
    pub(crate) schema_answers: Answers,
    pub(crate) contact_points: Result<Vec<Endpoint>, NodeError>,
    pub(crate) claimed_placements: BTreeMap<String, Vec<NodePlacement>>,
    pub(crate) repairs: Repairs,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) rows: Rows,
    pub(crate) tools: Tools,
    pub(crate) happened: Happened,
    pub(crate) calls: BTreeMap<Endpoint, BTreeMap<&'static str, u64>>,
    /// Whether somebody tells of the machines.
    pub(crate) has_agents: bool,
    /// What the machines have waited for their disks.
    pub(crate) waited: BTreeMap<NodeId, Waited>,
}

impl State {
    /// The process that listens here.
    pub(crate) fn listening(&self, at: Endpoint) -> Result<&SimNode, NodeError> {
        let mut running = self.nodes.values().filter(|node| node.running);
        running
            .find(|node| node.endpoint == at)
            .ok_or_else(|| NodeError::new(NodeErrorKind::Unreachable, at, "connection refused"))
    }

    /// Whether a node takes another for up: one that fell silent seems up until its peers are convinced.
    fn seems_up(&self, observer: &SimNode, other: &SimNode) -> bool {
        let is_heard = other.is_heard()
            || self
                .lifecycle
                .silent_since
                .get(&other.id)
                .is_some_and(|since| self.lifecycle.now() < since.after(self.lifecycle.conviction));
        // A round of gossip goes both ways: who receives nothing tells nobody that it lives, though all it sends arrives.
        let is_convicted = other
            .deaf_since
            .is_some_and(|since| self.lifecycle.now() >= since.after(self.lifecycle.conviction));
        is_heard && !is_convicted && !observer.cut_off.contains(&other.id)
    }

    /// The nodes this one knows, itself included.
    fn known_to<'a>(&'a self, observer: &'a SimNode) -> impl Iterator<Item = &'a SimNode> {
        self.nodes
            .values()
            .filter(|node| !observer.unknown.contains(&node.id))
    }

    pub(crate) fn probe(&self, node: &SimNode) -> Probe {
        Probe {
            agent: "simulated".to_owned(),
            threads: AgentThreads::Several,
            release_version: node.release_version.clone(),
            operations: BTreeSet::new(),
        }
    }

    pub(crate) fn membership(&self, node: &SimNode) -> MembershipReport {
        let mut report = MembershipReport {
            host_id: node.claimed_id.unwrap_or(node.id),
            process: node.process.clone(),
            cluster_name: node.cluster_name.clone(),
            partitioner: "Murmur3Partitioner".to_owned(),
            release_version: node.release_version.clone(),
            schema_version: node.schema_version.clone(),
            operation_mode: node.mode.clone(),
            gossip_running: node.gossip_running,
            native_transport_running: node.native_transport_running,
            load_bytes: match self.rows.load {
                Some(_) => Some(self.bytes_on(node.id)),
                None => node.load_bytes,
            },
            live: BTreeSet::new(),
            unreachable: BTreeSet::new(),
            joining: BTreeSet::new(),
            leaving: BTreeSet::new(),
            moving: BTreeSet::new(),
            repair_commands: self.repair_commands(node),
            work: node.work.clone(),
        };
        for other in self.known_to(node) {
            let is_up = other.id == node.id || self.seems_up(node, other);
            match is_up {
                true => report.live.insert(other.endpoint),
                false => report.unreachable.insert(other.endpoint),
            };
            match other.mode.as_str() {
                "JOINING" => report.joining.insert(other.endpoint),
                "LEAVING" => report.leaving.insert(other.endpoint),
                "MOVING" => report.moving.insert(other.endpoint),
                _ => false,
            };
        }
        report
    }

    /// Files with hints that a node holds: those put into it, and those for nodes that have missed writes.
    pub(crate) fn pending_hints(&self, node: &SimNode) -> BTreeMap<NodeId, u64> {
        let mut hints = node.hints.clone();
        let waited_for = self
            .nodes
            .keys()
            .filter(|other| **other != node.id && self.rows.has_hints(**other));
        hints.extend(waited_for.map(|other| (*other, 1)));
        hints
    }

    pub(crate) fn topology(&self, node: &SimNode) -> TopologyReport {
        let member = |other: &SimNode| TopologyMember {
            endpoint: other.endpoint,
            data_centre: other.data_centre.clone(),
            rack: other.rack.clone(),
            release_version: Some(other.release_version.clone()),
            schema_version: Some(other.schema_version.clone()),
            gossip_status: Some(other.gossip_status().to_owned()),
            tokens: if other.mode == "JOINING" {
                Vec::new()
            } else {
                other.tokens.clone()
            },
        };
        TopologyReport {
            members: self
                .known_to(node)
                .map(|other| (other.id, member(other)))
                .collect(),
        }
    }

    /// Where the ranges of a keyspace are among the nodes that are members for good; what stands against it in words.
    pub(crate) fn placement_map(&self, keyspace: &str) -> Result<PlacementMap<NodeId>, String> {
        let keyspace = self.schema.keyspaces.get(keyspace).ok_or("no such keyspace")?;
        let members = self
            .nodes
            .values()
            .filter(|node| node.mode != "JOINING")
            .map(|node| (node.id, node.ring_member()));
        PlacementMap::compute(&members.collect(), &keyspace.replication).map_err(|error| error.to_string())
    }

    pub(crate) fn placements(&self, node: &SimNode, keyspace: &str) -> Result<Vec<NodePlacement>, NodeError> {
        if let Some(claimed) = self.claimed_placements.get(keyspace) {
            return Ok(claimed.clone());
        }
        let failed = |message: String| NodeError::new(NodeErrorKind::Failed, node.endpoint, message);
        let replication = self
            .schema
            .keyspaces
            .get(keyspace)
            .map(|keyspace| &keyspace.replication);
        let replication = replication.ok_or_else(|| failed(format!("keyspace {keyspace} does not exist")))?;
        let members = self
            .known_to(node)
            .filter(|other| other.mode != "JOINING")
            .map(|other| (other.endpoint, other.ring_member()));
        let map = PlacementMap::compute(&members.collect(), replication)
            .map_err(|error| failed(error.to_string()))?;
        let claim = |(range, placement): (_, &ringkeeper_ring::Placement<Endpoint>)| NodePlacement {
            range,
            replicas: placement
                .replicas
                .iter()
                .chain(&placement.transient)
                .copied()
                .collect(),
        };
        Ok(map.ranges().map(claim).collect())
    }
}
