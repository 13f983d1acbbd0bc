//! `guard`: whether one node of a thousand may be taken away, by all rules, beside a naive count that goes through every
//! range of every keyspace.
//!
//! Prints a row of JSON for each number of tokens; `cargo xtask bench guard` makes a table of them.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{
    Answer, ConsistencyLevel, Endpoint, Keyspace, KeyspaceView, Membership, MetricHistory, NodeId, NodeView,
    NodeWork, PeerStatus, Snapshot,
};
use ringkeeper_guard::{
    Approval, Policy, Proposal, Rule, Standings, WorkKind, World, admit, who_must_be_heard,
};
use ringkeeper_plan::Impact;
use ringkeeper_ring::{PlacementMap, Replicas, Replication, RingMember, Token};
use ringkeeper_seams::{Clock as _, SystemClock, Timestamp};
use uuid::Uuid;

const NODES: u128 = 1_000;
const CENTRES: u128 = 3;
const RACKS: u128 = 3;
const MAPS: usize = 50;
const SWEEP: Duration = Duration::from_secs(15);
const NOW: Timestamp = Timestamp::from_millis(1_772_366_400_000);

fn main() {
    for (name, tokens, goal, rounds) in [("guard", 16, "<= 50 ms", 21), ("guard-256", 256, "<= 500 ms", 5)] {
        let snapshot = snapshot(tokens);
        let target = BTreeSet::from([NodeId::new(Uuid::from_u128(500))]);
        let mut ours = Vec::new();
        for _ in 0..rounds {
            ours.push(timed(|| ask(&snapshot, &target)));
        }
        // Both find the same keyspaces short, or neither time means anything.
        let (found, naive_time) = (ask(&snapshot, &target), timed(|| naive(&snapshot, &target)));
        assert_eq!(found, naive(&snapshot, &target));
        let row = serde_json::json!({
            "name": name,
            "what": format!("all rules about one node of 1,000 with {tokens} tokens each, {MAPS} maps, {CENTRES} data centres"),
            "unit": "ms",
            "value": median(ours),
            "baseline": "every range of every keyspace, one by one",
            "baseline_value": naive_time.as_secs_f64() * 1_000.0,
            "goal": goal,
        });
        println!("{row}");
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = SystemClock.monotonic();
    std::hint::black_box(work());
    SystemClock.monotonic() - start
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).unwrap().as_secs_f64() * 1_000.0
}

fn world(snapshot: &Snapshot) -> World<'_> {
    World {
        now: NOW,
        snapshot,
        sweep_every: SWEEP,
        leases: &[],
        foreign: &[],
        frozen: None,
        levels: &[],
    }
}

fn proposal(target: &BTreeSet<NodeId>) -> Proposal {
    Proposal {
        holder: None,
        work: [WorkKind::Disrupt].into(),
        impact: Impact::Disrupt,
        nodes: target.clone(),
        deadline: None,
        approval: Approval::Automatic,
    }
}

/// Ranges found short of replicas, by keyspace.
fn ask(snapshot: &Snapshot, target: &BTreeSet<NodeId>) -> BTreeMap<String, usize> {
    let verdict = admit(&proposal(target), &world(snapshot), &Policy::default());
    let blocks = verdict
        .blocks
        .into_iter()
        .filter(|block| block.rule == Rule::Availability);
    let shorts = blocks.filter_map(|block| block.short);
    shorts.map(|short| (short.keyspace, short.ranges)).collect()
}

/// The same by looking at each range of each keyspace for itself. All are at LOCAL_QUORUM by data centre.
fn naive(snapshot: &Snapshot, target: &BTreeSet<NodeId>) -> BTreeMap<String, usize> {
    let heard = who_must_be_heard(target, snapshot);
    let standings = Standings::judge(&world(snapshot), &proposal(target), &heard);
    let serves: BTreeMap<NodeId, bool> = standings
        .iter()
        .map(|(node, standing)| (node, standing.serves()))
        .collect();
    let centre = |node: &NodeId| snapshot.nodes.get(node).map(|node| node.data_centre.as_str());
    let mut short = BTreeMap::new();
    for (name, keyspace) in snapshot.keyspaces.iter() {
        for (_, placement) in keyspace.placements.as_ref().unwrap().ranges() {
            let loses: BTreeSet<_> = placement
                .replicas
                .iter()
                .filter(|node| target.contains(node))
                .map(centre)
                .collect();
            for lost in loses {
                let there = placement.replicas.iter().filter(|node| centre(node) == lost);
                let left = there
                    .clone()
                    .filter(|node| !target.contains(node) && serves.get(node) == Some(&true));
                if left.count() < there.count() / 2 + 1 {
                    *short.entry(name.clone()).or_default() += 1;
                }
            }
        }
    }
    short
}

fn snapshot(tokens: u64) -> Snapshot {
    let everybody: Vec<NodeId> = (1..=NODES)
        .map(|number| NodeId::new(Uuid::from_u128(number)))
        .collect();
    let mut nodes = BTreeMap::new();
    for number in 1..=NODES {
        let mut node = node(number, tokens);
        let peers = everybody.iter().filter(|peer| **peer != node.id);
        node.views = peers.map(|peer| (*peer, Some(true))).collect();
        nodes.insert(node.id, node);
    }
    let members = nodes
        .iter()
        .map(|(id, node)| {
            let member = RingMember {
                data_centre: node.data_centre.clone(),
                rack: node.rack.clone(),
                tokens: node.tokens.clone(),
            };
            (*id, member)
        })
        .collect();
    let mut metrics = MetricHistory::default();
    nodes.keys().for_each(|node| metrics.note_asked(*node));
    let keyspaces = replications().map(|replication| keyspace(&members, replication));
    Snapshot {
        cluster: "bench".to_owned(),
        cassandra_name: None,
        partitioner: None,
        observed_at: NOW,
        sweep: 1,
        nodes,
        silent_contacts: Vec::new(),
        keyspaces: keyspaces
            .enumerate()
            .map(|(number, view)| (format!("k{number}"), view))
            .collect::<BTreeMap<_, _>>()
            .into(),
        schema_observed_at: Some(NOW),
        authenticator: None,
        schema_disagrees_since: None,
        metrics: Arc::new(metrics),
        warnings: Vec::new(),
    }
}

/// Options of which no two place alike, with 3, 4, 5 or 1 replicas in each data centre.
fn replications() -> impl Iterator<Item = Replication> {
    let counts = [3, 4, 5, 1];
    let combinations = counts.into_iter().flat_map(move |one| {
        counts
            .into_iter()
            .flat_map(move |two| counts.map(|three| [one, two, three]))
    });
    combinations.take(MAPS).map(|wanted| {
        let wanted = (0..CENTRES).zip(wanted).map(|(centre, all)| {
            let replicas = Replicas { all, transient: 0 };
            (format!("dc{centre}"), replicas)
        });
        Replication::NetworkTopology(wanted.collect())
    })
}

fn keyspace(members: &BTreeMap<NodeId, RingMember>, replication: Replication) -> KeyspaceView {
    let map = PlacementMap::compute(members, &replication).unwrap();
    KeyspaceView {
        keyspace: Keyspace {
            name: String::new(),
            replication,
            durable_writes: true,
            tables: BTreeMap::new(),
        },
        is_system: false,
        consistency_level: Some(ConsistencyLevel::LocalQuorum),
        placement_map: Some(map.digest()),
        placements: Some(Arc::new(map)),
    }
}

fn node(number: u128, tokens: u64) -> NodeView {
    let [.., high, low] = u32::try_from(number).unwrap().to_be_bytes();
    let spread = |at| mix(u64::try_from(number).unwrap().wrapping_mul(1_000_003) ^ at).cast_signed();
    let mut tokens: Vec<Token> = (0..tokens).map(|at| Token::new(spread(at))).collect();
    tokens.sort_unstable();
    NodeView {
        id: NodeId::new(Uuid::from_u128(number)),
        endpoint: Endpoint::new(SocketAddr::new(Ipv4Addr::new(10, 0, high, low).into(), 7000)),
        data_centre: format!("dc{}", number % CENTRES),
        rack: format!("r{}", number / CENTRES % RACKS),
        tokens,
        release_version: Some("5.0.2".to_owned()),
        schema_version: Some("one".to_owned()),
        status: PeerStatus::Up,
        status_since: NOW,
        views: BTreeMap::new(),
        is_deaf: false,
        membership: Membership::Normal,
        membership_since: NOW,
        answer: Answer::Answered,
        answer_since: NOW,
        last_answered_at: Some(NOW),
        process: None,
        operation_mode: Some("NORMAL".to_owned()),
        gossip_running: Some(true),
        native_transport_running: Some(true),
        load_bytes: None,
        repair_commands: BTreeSet::new(),
        work: NodeWork::default(),
        probe: None,
        transitions: VecDeque::new(),
    }
}

/// Scatters numbers over the ring, always in the same way.
const fn mix(number: u64) -> u64 {
    let mut x = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
