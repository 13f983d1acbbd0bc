//! One node, all knobs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ringkeeper_cluster::{Endpoint, NodeError, NodeId, NodeWork, ProcessIdentity, Sample, TableSnapshot};
use ringkeeper_ring::Token;
use ringkeeper_seams::Timestamp;

/// A node of the simulated cluster. Change its fields through [`crate::SimCluster::edit`].
#[derive(Clone, Debug)]
pub struct SimNode {
    /// Who it is.
    pub id: NodeId,
    /// Where it is.
    pub endpoint: Endpoint,
    /// Its data centre.
    pub data_centre: String,
    /// Its rack.
    pub rack: String,
    /// Its tokens, ascending. It tells nobody of them while it joins.
    pub tokens: Vec<Token>,
    /// Its Cassandra version.
    pub release_version: String,
    /// The release that it goes back to, while it runs another one than its peers.
    pub upgraded_from: Option<String>,
    /// Its schema version.
    pub schema_version: String,
    /// Its process, which a restart changes.
    pub process: ProcessIdentity,
    /// Whether its process runs. One that does not answers nothing and is down to its peers.
    pub running: bool,
    /// How its management endpoint answers; no concern of its peers.
    pub answers: Answers,
    /// How it answers to functions of [`ringkeeper_cluster::Cluster`] by name, where that is different.
    pub answers_to: BTreeMap<&'static str, Answers>,
    /// Its operation mode: `NORMAL`, `JOINING`, `LEAVING`, `MOVING`, `DRAINED`,
    /// `DECOMMISSIONED`.
    pub mode: String,
    /// Whether it takes part in gossip. One that does not is down to its peers.
    pub gossip_running: bool,
    /// Whether it takes CQL clients.
    pub native_transport_running: bool,
    /// Bytes of live SSTables.
    pub load_bytes: Option<u64>,
    /// Long work under way on it.
    pub work: NodeWork,
    /// Files with hints that it holds for others.
    pub hints: BTreeMap<NodeId, u64>,
    /// Snapshots of tables on it.
    pub snapshots: Vec<TableSnapshot>,
    /// What it says about itself when asked for numbers.
    pub node_metrics: Vec<Sample>,
    /// What it says about its tables when asked for numbers.
    pub table_metrics: Vec<Sample>,
    /// What its machine says of itself, instead of what it would say.
    pub machine: Vec<Sample>,
    /// Nodes that it sees down although they are not.
    pub cut_off: BTreeSet<NodeId>,
    /// Since when it receives nothing from any other; none while it does.
    pub deaf_since: Option<Timestamp>,
    /// Nodes that it does not know at all.
    pub unknown: BTreeSet<NodeId>,
    /// The host id it claims instead of its own.
    pub claimed_id: Option<NodeId>,
    /// The cluster's name as it has it.
    pub cluster_name: String,
    /// Whether its process stands still: it hears and answers nobody.
    pub hung: bool,
    /// Whether its data disk is full. Cassandra's default is to stop serving then, and it does not start with one.
    pub disk_full: bool,
    /// Whether its data disk is slow: repairs that it takes part in take [`SimNode::SLOW`] times as long.
    pub disk_slow: bool,
    /// How far its clock is ahead, in milliseconds.
    pub clock_ahead_ms: i64,
    /// Whether streams to and from it fail.
    pub streams_fail: bool,
    /// Whether repairs that it leads never end by themselves.
    pub repairs_hang: bool,
    /// Whether it takes up changes of the schema.
    pub schema_frozen: bool,
}

/// How a node answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Answers {
    /// At once.
    #[default]
    Now,
    /// After this time, unless the caller's limit of 6 s is over by then.
    After(Duration),
    /// Never: it takes the question and hangs. The caller's limit ends the call.
    Never,
    /// With this error.
    Fails(NodeError),
}

impl SimNode {
    /// How many times as long repairs take with a slow disk.
    pub const SLOW: u32 = 10;

    /// Whether gossip from it reaches others at all.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.running && !self.hung && self.gossip_running && self.mode != "DRAINED"
    }

    /// Whether it is heard, and neither joins nor drains.
    #[must_use]
    pub fn is_in_its_ring(&self) -> bool {
        self.is_heard() && self.mode == "NORMAL"
    }

    /// Whether it answers its share of reads and writes.
    #[must_use]
    pub fn serves(&self) -> bool {
        self.is_in_its_ring() && !self.disk_full
    }

    /// A moment as its own clock has it.
    pub(crate) fn by_its_clock(&self, at: Timestamp) -> Timestamp {
        Timestamp::from_millis(at.as_millis().saturating_add(self.clock_ahead_ms))
    }

    /// First word of its gossip status, as its peers have it.
    pub(crate) fn gossip_status(&self) -> &str {
        match self.mode.as_str() {
            "DRAINED" => "shutdown",
            _ if !self.gossip_running => "shutdown",
            "JOINING" => "BOOT",
            "DECOMMISSIONED" => "LEFT",
            mode => mode,
        }
    }

    pub(crate) fn restart(&mut self, uptime: Duration) {
        self.process.started_at = self.process.started_at.after(uptime);
        self.running = true;
        self.gossip_running = true;
        self.native_transport_running = true;
        self.mode = "NORMAL".to_owned();
    }

    /// A node at rest, with everything in order.
    pub(crate) fn normal(
        id: NodeId,
        endpoint: Endpoint,
        data_centre: &str,
        rack: &str,
        cluster_name: &str,
    ) -> Self {
        Self {
            id,
            endpoint,
            data_centre: data_centre.to_owned(),
            rack: rack.to_owned(),
            tokens: Vec::new(),
            release_version: "5.0.5".to_owned(),
            upgraded_from: None,
            schema_version: uuid::Uuid::nil().to_string(),
            process: ProcessIdentity {
                name: format!("1@{}", endpoint.ip()),
                started_at: Timestamp::default(),
            },
            running: true,
            answers: Answers::Now,
            answers_to: BTreeMap::new(),
            mode: "NORMAL".to_owned(),
            gossip_running: true,
            native_transport_running: true,
            load_bytes: Some(1 << 30),
            work: NodeWork::default(),
            hints: BTreeMap::new(),
            snapshots: Vec::new(),
            node_metrics: Vec::new(),
            table_metrics: Vec::new(),
            machine: Vec::new(),
            cut_off: BTreeSet::new(),
            deaf_since: None,
            unknown: BTreeSet::new(),
            claimed_id: None,
            cluster_name: cluster_name.to_owned(),
            hung: false,
            disk_full: false,
            disk_slow: false,
            clock_ahead_ms: 0,
            streams_fail: false,
            repairs_hang: false,
            schema_frozen: false,
        }
    }
}
