//! What is known, as values of the API.

use std::collections::BTreeMap;

use ringkeeper_api::{
    CheckRow, ClusterStatus, ClusterSummary, DataCentreStatus, MetricValue, NodeDetail, NodeSummary,
    PeerViewRow, TransitionRow,
};
use ringkeeper_cluster::{AgentThreads, Answer, METRICS, NodeId, NodeView, PeerStatus, Probe, Snapshot};

use crate::conductor::Watched;

/// A cluster in a line.
pub(crate) fn summary(cluster: &Watched) -> ClusterSummary {
    let snapshot = cluster.snapshot();
    let nodes = snapshot.as_ref().map(|snapshot| &snapshot.nodes);
    ClusterSummary {
        name: cluster.name.clone(),
        cassandra_name: snapshot
            .as_ref()
            .and_then(|snapshot| snapshot.cassandra_name.clone()),
        nodes: nodes.map_or(0, BTreeMap::len),
        nodes_up: nodes.map_or(0, |nodes| {
            nodes
                .values()
                .filter(|node| node.status == PeerStatus::Up)
                .count()
        }),
        findings: cluster.findings().len(),
        observed_at: snapshot.as_ref().map(|snapshot| snapshot.observed_at),
    }
}

/// A cluster in full.
pub(crate) fn status(cluster: &Watched) -> Option<ClusterStatus> {
    let snapshot = cluster.snapshot()?;
    let (owned, held) = (ownership(&snapshot), held(cluster));
    let mut data_centers: BTreeMap<&str, Vec<NodeSummary>> = BTreeMap::new();
    for node in snapshot.nodes.values() {
        let line = node_summary(&snapshot, node, &owned, &held);
        data_centers.entry(&node.data_centre).or_default().push(line);
    }
    let data_centers = data_centers.into_iter().map(|(name, mut nodes)| {
        nodes.sort_by(|a, b| (&a.rack, a.address).cmp(&(&b.rack, b.address)));
        DataCentreStatus {
            name: name.to_owned(),
            nodes,
        }
    });
    let schema_versions: std::collections::BTreeSet<_> = snapshot
        .nodes
        .values()
        .filter_map(|node| node.schema_version.as_deref())
        .collect();
    let checks = cluster.checks().into_iter().map(|checked| CheckRow {
        operation: checked.operation,
        checked_at: checked.at,
        error: checked.error,
    });
    Some(ClusterStatus {
        name: cluster.name.clone(),
        cassandra_name: snapshot.cassandra_name.clone(),
        partitioner: snapshot.partitioner.clone(),
        timestamp: snapshot.observed_at,
        sweep: snapshot.sweep,
        schema_observed_at: snapshot.schema_observed_at,
        schema_versions: schema_versions.len(),
        data_centers: data_centers.collect(),
        connection_errors: snapshot.silent_contacts.clone(),
        warnings: snapshot.warnings.clone(),
        findings: cluster.findings(),
        checks: checks.collect(),
    })
}

/// A node in full, by address with or without port, or by the beginning of its host id if only one begins so.
pub(crate) fn node(cluster: &Watched, wanted: &str) -> Option<NodeDetail> {
    let snapshot = cluster.snapshot()?;
    let node = node_named(&snapshot, wanted)?;
    let views = node.views.iter().filter_map(|(observer, sees_up)| {
        let address = snapshot.nodes.get(observer)?.endpoint;
        Some(PeerViewRow {
            observer: *observer,
            address,
            sees_up: *sees_up,
        })
    });
    let metrics = METRICS.iter().filter_map(|metric| {
        let point = snapshot.metrics.latest_of(metric.name, node.id)?;
        let unit = metric.unit.name().to_owned();
        Some(MetricValue {
            name: metric.name.to_owned(),
            unit,
            value: point.value,
            at: point.at,
        })
    });
    let transitions = node.transitions.iter().cloned();
    Some(NodeDetail {
        summary: node_summary(&snapshot, node, &ownership(&snapshot), &held(cluster)),
        tokens: node.tokens.iter().map(|token| token.value()).collect(),
        gossip_running: node.gossip_running,
        native_transport_running: node.native_transport_running,
        agent: node.probe.as_ref().map(agent),
        views: views.collect(),
        transitions: transitions
            .map(|change| TransitionRow {
                at: change.at,
                before: change.before,
                after: change.after,
            })
            .collect(),
        metrics: metrics.collect(),
        installed: None,
    })
}

/// A node by address with or without port, or by the beginning of its host id if only one begins so.
pub(crate) fn node_named<'a>(snapshot: &'a Snapshot, wanted: &str) -> Option<&'a NodeView> {
    let by_address =
        |node: &&NodeView| node.endpoint.to_string() == wanted || node.endpoint.ip().to_string() == wanted;
    let mut nodes = snapshot.nodes.values();
    nodes.find(by_address).or_else(|| by_host_id(snapshot, wanted))
}

/// That there is none, and which there are; of many the first few.
pub(crate) fn no_such_node(snapshot: &Snapshot, cluster: &str, wanted: &str) -> String {
    const SHOWN: usize = 20;
    let nodes = snapshot.nodes.values();
    let known: Vec<String> = nodes
        .take(SHOWN)
        .map(|node| node.endpoint.ip().to_string())
        .collect();
    let more = match snapshot.nodes.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "no node of `{cluster}`, or not just one, has the address or host id `{wanted}`; there are: {}{more}",
        known.join(", ")
    )
}

fn by_host_id<'a>(snapshot: &'a Snapshot, prefix: &str) -> Option<&'a NodeView> {
    let mut fitting = snapshot
        .nodes
        .values()
        .filter(|node| node.id.to_string().starts_with(prefix));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) if !prefix.is_empty() => Some(only),
        _ => None,
    }
}

fn agent(probe: &Probe) -> String {
    let threads = match probe.threads {
        AgentThreads::Several => "several threads",
        AgentThreads::Single => "a single thread",
        AgentThreads::Unknown => "threads unknown",
    };
    format!("{}, {threads}", probe.agent)
}

fn node_summary(
    snapshot: &Snapshot,
    node: &NodeView,
    owned: &BTreeMap<NodeId, f64>,
    held: &BTreeMap<NodeId, String>,
) -> NodeSummary {
    let answer_error = match &node.answer {
        Answer::Answered => None,
        Answer::Silent(error) => Some(error.to_string()),
    };
    NodeSummary {
        host_id: node.id,
        address: node.endpoint,
        data_center: node.data_centre.clone(),
        rack: node.rack.clone(),
        status: node.status,
        status_since: node.status_since,
        state: node.membership,
        answers: answer_error.is_none(),
        answer_error,
        last_answered_at: node.last_answered_at,
        operation_mode: node.operation_mode.clone(),
        process_started_at: node.process.as_ref().map(|process| process.started_at),
        release_version: node.release_version.clone(),
        schema_version: node.schema_version.clone(),
        load_bytes: node.load_bytes,
        size: node.tokens.len(),
        owns_percent: owned.get(&node.id).map(|percent| (percent * 10.0).round() / 10.0),
        pending_compactions: whole(snapshot, "compaction.pending_tasks", node.id),
        heap_used_bytes: whole(snapshot, "heap.used_bytes", node.id),
        heap_max_bytes: whole(snapshot, "heap.max_bytes", node.id),
        held_by: held.get(&node.id).cloned(),
    }
}

/// The runs that hold nodes.
fn held(cluster: &Watched) -> BTreeMap<NodeId, String> {
    let book = cluster.stream.book();
    let mut runs: BTreeMap<NodeId, std::collections::BTreeSet<&str>> = BTreeMap::new();
    for lease in book.leases() {
        runs.entry(lease.node)
            .or_default()
            .insert(&lease.run.opened.run.0);
    }
    let words = |runs: std::collections::BTreeSet<&str>| runs.into_iter().collect::<Vec<_>>().join(", ");
    runs.into_iter().map(|(node, runs)| (node, words(runs))).collect()
}

/// The newest number of a metric that counts things, if it is one.
fn whole(snapshot: &Snapshot, metric: &str, node: NodeId) -> Option<u64> {
    let value = snapshot.metrics.latest_of(metric, node)?.value;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the guard keeps it in range"
    )]
    (0.0..9e18).contains(&value).then_some(value as u64)
}

/// Share of all rows that each node holds a replica of, in percent. Empty unless all user keyspaces are placed alike.
fn ownership(snapshot: &Snapshot) -> BTreeMap<NodeId, f64> {
    let mut users = snapshot.keyspaces.values().filter(|keyspace| !keyspace.is_system);
    let Some(first) = users.next() else {
        return BTreeMap::new();
    };
    let Some(placements) = &first.placements else {
        return BTreeMap::new();
    };
    if users.any(|keyspace| keyspace.placement_map != first.placement_map) {
        return BTreeMap::new();
    }
    let mut owned: BTreeMap<NodeId, f64> = BTreeMap::new();
    for placement in placements.placements() {
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let width = placement
            .ranges
            .iter()
            .map(|range| range.width() as f64)
            .sum::<f64>();
        for replica in placement.replicas.iter().chain(&placement.transient) {
            *owned.entry(*replica).or_default() += 100.0 * width / 2_f64.powi(64);
        }
    }
    owned
}
