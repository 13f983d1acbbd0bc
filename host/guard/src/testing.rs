//! Clusters for tests, in words.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{
    Answer, ConsistencyLevel, Endpoint, Keyspace, KeyspaceView, Membership, NodeError, NodeErrorKind, NodeId,
    NodeView, NodeWork, PeerStatus, Snapshot, is_system_keyspace,
};
use ringkeeper_plan::Impact;
use ringkeeper_ring::{PlacementMap, Replicas, Replication, RingMember, Token};
use ringkeeper_seams::Timestamp;
use uuid::Uuid;

use crate::{
    Approval, Foreign, Frozen, Holder, Lease, LevelUse, Policy, Proposal, Rule, Verdict, WorkKind, World,
    admit,
};

/// A minute in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;

/// Everything a question is asked about. Nodes are numbered from 1 in the order they were added.
#[derive(Debug)]
pub(crate) struct Ring {
    pub(crate) now: Timestamp,
    pub(crate) snapshot: Snapshot,
    pub(crate) leases: Vec<Lease>,
    pub(crate) foreign: Vec<Foreign>,
    pub(crate) frozen: Option<Frozen>,
    pub(crate) levels: Vec<LevelUse>,
    pub(crate) policy: Policy,
}

/// The node of this number.
pub(crate) const fn id(number: u128) -> NodeId {
    NodeId::new(Uuid::from_u128(number))
}

/// So many full replicas in each of these data centres.
pub(crate) fn topology(wanted: &[(&str, u32)]) -> Replication {
    let replicas = |all| Replicas { all, transient: 0 };
    let wanted = wanted
        .iter()
        .map(|(centre, all)| ((*centre).to_owned(), replicas(*all)));
    Replication::NetworkTopology(wanted.collect())
}

/// So many full replicas on the next nodes.
pub(crate) const fn simple(all: u32) -> Replication {
    Replication::Simple(Replicas { all, transient: 0 })
}

/// A step of another run.
pub(crate) fn somebody() -> Holder {
    Holder {
        run: "r-7".to_owned(),
        step: "nightly".to_owned(),
    }
}

/// The step that asks.
pub(crate) fn us() -> Holder {
    Holder {
        run: "r-8".to_owned(),
        step: "restart".to_owned(),
    }
}

impl Ring {
    /// One node for each pair of data centre and rack, with a few tokens each, all up, heard a second ago.
    pub(crate) fn of(places: &[(&str, &str)]) -> Self {
        Self::with_tokens(places, 4)
    }

    /// Three racks of one node in one data centre, and keyspace `shop` on all of them at LOCAL_QUORUM.
    pub(crate) fn of_three() -> Self {
        Self::of(&[("dc1", "r1"), ("dc1", "r2"), ("dc1", "r3")]).keyspace(
            "shop",
            topology(&[("dc1", 3)]),
            ConsistencyLevel::LocalQuorum,
        )
    }

    /// As many tokens for each node as wanted, spread by a fixed rule.
    pub(crate) fn with_tokens(places: &[(&str, &str)], tokens: u64) -> Self {
        let now = Timestamp::from_millis(1_772_366_400_000);
        let nodes = (1_u128..).zip(places).map(|(number, (centre, rack))| {
            let tokens = (0..tokens)
                .map(|at| token(u64::try_from(number).unwrap(), at))
                .collect();
            (
                id(number),
                node(number, centre, rack, tokens, now.before(Duration::from_secs(1))),
            )
        });
        let mut ring = Self {
            now,
            snapshot: Snapshot {
                cluster: "test".to_owned(),
                cassandra_name: None,
                partitioner: None,
                observed_at: now,
                sweep: 1,
                nodes: nodes.collect(),
                silent_contacts: Vec::new(),
                keyspaces: Arc::default(),
                schema_observed_at: Some(now),
                authenticator: None,
                schema_disagrees_since: None,
                metrics: Arc::default(),
                warnings: Vec::new(),
            },
            leases: Vec::new(),
            foreign: Vec::new(),
            frozen: None,
            levels: Vec::new(),
            policy: Policy::default(),
        };
        let everybody: Vec<NodeId> = ring.snapshot.nodes.keys().copied().collect();
        let metrics = Arc::make_mut(&mut ring.snapshot.metrics);
        everybody.iter().for_each(|node| metrics.note_asked(*node));
        for (node, view) in &mut ring.snapshot.nodes {
            let peers = everybody.iter().filter(|peer| *peer != node);
            view.views = peers.map(|peer| (*peer, Some(true))).collect();
        }
        ring
    }

    /// Adds a keyspace, placed by its options.
    pub(crate) fn keyspace(
        mut self,
        name: &str,
        replication: Replication,
        level: impl Into<Option<ConsistencyLevel>>,
    ) -> Self {
        let members = self
            .snapshot
            .nodes
            .iter()
            .map(|(id, node)| (*id, member(node)))
            .collect();
        let map = PlacementMap::compute(&members, &replication).ok();
        let view = KeyspaceView {
            keyspace: Keyspace {
                name: name.to_owned(),
                replication,
                durable_writes: true,
                tables: BTreeMap::new(),
            },
            is_system: is_system_keyspace(name),
            consistency_level: level.into(),
            placement_map: map.as_ref().map(PlacementMap::digest),
            placements: map.map(Arc::new),
        };
        Arc::make_mut(&mut self.snapshot.keyspaces).insert(name.to_owned(), view);
        self
    }

    /// Changes what is known of a node.
    pub(crate) fn change(mut self, number: u128, change: impl FnOnce(&mut NodeView)) -> Self {
        change(self.snapshot.nodes.get_mut(&id(number)).unwrap());
        self
    }

    /// A node that is gone: it answers nobody, and all its peers see it down.
    pub(crate) fn down(mut self, number: u128) -> Self {
        self = self.silent(number).change(number, |node| {
            node.status = PeerStatus::Down;
            node.views.values_mut().for_each(|view| *view = Some(false));
        });
        self
    }

    /// A node that does not answer the host; its peers see it as before.
    pub(crate) fn silent(mut self, number: u128) -> Self {
        let error = NodeError::new(NodeErrorKind::TimedOut, "there", "no answer");
        self = self.change(number, |node| {
            node.answer = Answer::Silent(error);
            node.last_answered_at = node
                .last_answered_at
                .map(|at| at.before(Duration::from_secs(600)));
            node.operation_mode = None;
            node.gossip_running = None;
            node.native_transport_running = None;
            node.schema_version = None;
        });
        for node in self.snapshot.nodes.values_mut() {
            node.views.remove(&id(number));
        }
        self
    }

    /// A node that other work holds.
    pub(crate) fn held(mut self, number: u128, holder: Holder, work: WorkKind) -> Self {
        self.leases.push(Lease {
            node: id(number),
            holder,
            work: BTreeSet::from([work]),
            since: Timestamp::from_millis(self.now.as_millis() - 5 * MINUTE),
            fence: 1,
            until: Timestamp::from_millis(self.now.as_millis() + 5 * MINUTE),
        });
        self
    }

    /// What the guard says of disrupting these nodes.
    pub(crate) fn disrupt(&self, numbers: &[u128]) -> Verdict {
        self.ask(&proposal(Impact::Disrupt, WorkKind::Disrupt, numbers))
    }

    /// What the guard says of work that changes these nodes.
    pub(crate) fn work(&self, work: WorkKind, numbers: &[u128]) -> Verdict {
        self.ask(&proposal(Impact::Change, work, numbers))
    }

    pub(crate) fn ask(&self, proposal: &Proposal) -> Verdict {
        admit(proposal, &self.world(), &self.policy)
    }

    pub(crate) fn world(&self) -> World<'_> {
        World {
            now: self.now,
            snapshot: &self.snapshot,
            sweep_every: Duration::from_secs(15),
            leases: &self.leases,
            foreign: &self.foreign,
            frozen: self.frozen.as_ref(),
            levels: &self.levels,
        }
    }
}

/// A proposal of [`us`].
pub(crate) fn proposal(impact: Impact, work: WorkKind, numbers: &[u128]) -> Proposal {
    Proposal {
        holder: Some(us()),
        work: BTreeSet::from([work]),
        impact,
        nodes: numbers.iter().map(|number| id(*number)).collect(),
        deadline: None,
        approval: Approval::Automatic,
    }
}

/// The texts of one rule's blocks.
pub(crate) fn texts(verdict: &Verdict, rule: Rule) -> Vec<String> {
    let blocks = verdict.blocks.iter().filter(|block| block.rule == rule);
    blocks.map(ToString::to_string).collect()
}

/// The ring as placement sees it.
pub(crate) fn member(node: &NodeView) -> RingMember {
    RingMember {
        data_centre: node.data_centre.clone(),
        rack: node.rack.clone(),
        tokens: node.tokens.clone(),
    }
}

/// A token that looks random and is always the same.
fn token(node: u64, at: u64) -> Token {
    let mut x = node.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ at.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Token::new((x ^ (x >> 31)).cast_signed())
}

fn node(number: u128, centre: &str, rack: &str, mut tokens: Vec<Token>, heard: Timestamp) -> NodeView {
    let [.., high, low] = u32::try_from(number).unwrap().to_be_bytes();
    let long_ago = heard.before(Duration::from_secs(3_600));
    tokens.sort_unstable();
    NodeView {
        id: id(number),
        endpoint: Endpoint::new(SocketAddr::new(Ipv4Addr::new(10, 0, high, low).into(), 7000)),
        data_centre: centre.to_owned(),
        rack: rack.to_owned(),
        tokens,
        release_version: Some("5.0.2".to_owned()),
        schema_version: Some("s1".to_owned()),
        status: PeerStatus::Up,
        status_since: long_ago,
        views: BTreeMap::new(),
        is_deaf: false,
        membership: Membership::Normal,
        membership_since: long_ago,
        answer: Answer::Answered,
        answer_since: long_ago,
        last_answered_at: Some(heard),
        process: None,
        operation_mode: Some("NORMAL".to_owned()),
        gossip_running: Some(true),
        native_transport_running: Some(true),
        load_bytes: None,
        repair_commands: BTreeSet::new(),
        work: NodeWork::default(),
        probe: None,
        transitions: std::collections::VecDeque::new(),
    }
}
