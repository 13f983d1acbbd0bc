//! The nodes, and what is known of the machines below them.

use std::collections::{BTreeMap, BTreeSet};

use ringkeeper_sdk::clock;
use ringkeeper_sdk::cluster;
use ringkeeper_sdk::metrics;
use ringkeeper_sdk::naming::Named;
use ringkeeper_sdk::node_state;
pub(crate) use ringkeeper_sdk::node_state::Presence;
use ringkeeper_sdk::prelude::*;

/// Numbers of a machine that are older say nothing of how it is now, in milliseconds.
const FRESH: i64 = 150_000;

/// What was seen at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct World {
    /// The moment.
    pub(crate) now: Timestamp,
    /// The members.
    pub(crate) nodes: Vec<Node>,
    /// The shortest time after which some table forgets what was deleted in it, in seconds; none while tables are not known.
    pub(crate) shortest_gc_grace: Option<u64>,
}

/// A member of the ring.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Its host id.
    pub(crate) id: NodeId,
    /// Its address with port.
    pub(crate) address: String,
    /// Whether it is there.
    pub(crate) presence: Presence,
    /// What its agent says.
    pub(crate) machine: Machine,
}

impl Named for Node {
    fn id(&self) -> &NodeId {
        &self.id
    }

    fn address(&self) -> &str {
        &self.address
    }
}

/// What is known of a machine now; each is none where nobody tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Machine {
    /// Whether a Cassandra runs.
    pub(crate) runs: Option<bool>,
    /// Whether it was told to stop.
    pub(crate) stopped_on_purpose: Option<bool>,
    /// How often it was started in the last hour.
    pub(crate) starts: Option<u32>,
    /// The file systems that hold its data and its commit log.
    pub(crate) file_systems: Vec<FileSystem>,
}

/// A file system that Cassandra writes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileSystem {
    /// Where it is mounted.
    pub(crate) mount: String,
    /// Whether nothing can be written.
    pub(crate) read_only: bool,
    /// Bytes that are free; none where that is not told.
    pub(crate) free: Option<u64>,
    /// Its size; none where that is not told.
    pub(crate) total: Option<u64>,
}

impl World {
    /// Looks at the cluster: the one place of a plan that asks the host.
    ///
    /// # Errors
    /// When the host does not know the cluster yet.
    pub(crate) fn gather() -> Result<Self, Refusal> {
        let now = clock::now();
        let machines = Machines::gather(now)?;
        let states = node_state::states()?;
        let nodes = cluster::nodes()?.into_iter().zip(states);
        Ok(Self {
            now,
            nodes: nodes
                .map(|(node, state)| Node {
                    machine: machines.of(&node.id),
                    presence: Presence::of(&state),
                    id: node.id,
                    address: node.address,
                })
                .collect(),
            shortest_gc_grace: shortest_gc_grace(),
        })
    }
}

/// Of tables that people made. None while the schema is not known.
fn shortest_gc_grace() -> Option<u64> {
    let keyspaces = cluster::keyspaces().ok()?.into_iter();
    let tables = keyspaces
        .filter(|keyspace| !keyspace.is_system)
        .filter_map(|keyspace| cluster::tables(&keyspace.name).ok())
        .flatten();
    tables.map(|table| table.gc_grace_seconds).min()
}

/// Fresh numbers of all machines, by node.
#[derive(Debug, Default)]
struct Machines {
    runs: BTreeMap<NodeId, f64>,
    stopped_on_purpose: BTreeMap<NodeId, f64>,
    starts: BTreeMap<NodeId, f64>,
    /// By node and mount point.
    parts: BTreeMap<&'static str, BTreeMap<(NodeId, String), f64>>,
}

/// What is asked of file systems.
const PARTS: [&str; 5] = [
    "machine.filesystem.holds_data",
    "machine.filesystem.holds_commitlog",
    "machine.filesystem.read_only",
    "machine.filesystem.free_bytes",
    "machine.filesystem.total_bytes",
];

impl Machines {
    fn gather(now: Timestamp) -> Result<Self, Error> {
        let is_fresh = |at: Timestamp| now.saturating_sub(at) < FRESH;
        let latest = |name: &str| -> Result<BTreeMap<NodeId, f64>, Error> {
            let samples = metrics::latest(name)?.into_iter();
            let fresh = samples.filter(|sample| is_fresh(sample.at));
            Ok(fresh.map(|sample| (sample.node, sample.value)).collect())
        };
        let mut machines = Self {
            runs: latest("process.running")?,
            stopped_on_purpose: latest("process.stopped_on_purpose")?,
            starts: latest("process.starts_last_hour")?,
            parts: BTreeMap::new(),
        };
        for name in PARTS {
            let samples = metrics::latest_of_parts(name)?.into_iter();
            let fresh = samples.filter(|sample| is_fresh(sample.at));
            let values = fresh.map(|sample| ((sample.node, sample.part), sample.value));
            machines.parts.insert(name, values.collect());
        }
        Ok(machines)
    }

    fn of(&self, node: &NodeId) -> Machine {
        let flag = |values: &BTreeMap<NodeId, f64>| values.get(node).map(|value| *value > 0.0);
        let part = |name: &str, mount: &str| {
            let place = (node.clone(), mount.to_owned());
            self.parts.get(name)?.get(&place).copied()
        };
        let is = |name: &str, mount: &str| part(name, mount).is_some_and(|value| value > 0.0);
        let mounts: BTreeSet<&String> = self
            .parts
            .values()
            .flat_map(BTreeMap::keys)
            .filter(|(of, _)| of == node)
            .map(|(_, mount)| mount)
            .collect();
        let used = mounts.into_iter().filter(|mount| {
            is("machine.filesystem.holds_data", mount) || is("machine.filesystem.holds_commitlog", mount)
        });
        Machine {
            runs: flag(&self.runs),
            stopped_on_purpose: flag(&self.stopped_on_purpose),
            starts: self.starts.get(node).map(|value| *value as u32),
            file_systems: used
                .map(|mount| FileSystem {
                    mount: mount.clone(),
                    read_only: is("machine.filesystem.read_only", mount),
                    free: part("machine.filesystem.free_bytes", mount).map(|bytes| bytes as u64),
                    total: part("machine.filesystem.total_bytes", mount).map(|bytes| bytes as u64),
                })
                .collect(),
        }
    }
}
