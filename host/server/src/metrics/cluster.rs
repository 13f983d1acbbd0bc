//! What is known of clusters: membership, and every metric of nodes and machines of the registry.

use std::time::Duration;

use prometheus_client::encoding::DescriptorEncoder;
use ringkeeper_cluster::{Answer, METRICS, Metric, MetricKind, NodeId, NodeView, PeerStatus, Snapshot, Tier};
use ringkeeper_conductor::Conductor;

use super::family::{Labels, counter, gauge};

type Series = Vec<(Labels, f64)>;

/// For how long a machine's number is shown: a few beats of the nodes' tier, one a minute.
const MACHINE_HOLDS: Duration = Duration::from_secs(180);

pub(super) fn encode(
    conductor: &Conductor,
    encoder: &mut DescriptorEncoder<'_>,
) -> Result<(), std::fmt::Error> {
    let snapshots: Vec<_> = conductor.snapshots();
    let seen = || {
        snapshots
            .iter()
            .filter_map(|(cluster, snapshot)| Some((cluster.as_str(), snapshot.as_deref()?)))
    };

    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit for 285,000 years"
    )]
    let observed = seen().map(|(cluster, snapshot)| {
        (
            vec![("cluster", cluster.to_owned())],
            snapshot.observed_at.as_millis() as f64 / 1_000.0,
        )
    });
    gauge(
        encoder,
        "ringkeeper_cluster_observed_timestamp_seconds",
        "when membership was last read, Unix time",
        observed.collect(),
    )?;
    #[expect(clippy::cast_precision_loss, reason = "a count for graphs")]
    let sweeps =
        seen().map(|(cluster, snapshot)| (vec![("cluster", cluster.to_owned())], snapshot.sweep as f64));
    counter(
        encoder,
        "ringkeeper_sweeps",
        "membership sweeps since the host started",
        sweeps.collect(),
    )?;

    let each = |tell: fn(&NodeView) -> bool| -> Series {
        let nodes =
            seen().flat_map(|(cluster, snapshot)| snapshot.nodes.values().map(move |node| (cluster, node)));
        nodes
            .map(|(cluster, node)| (node_labels(cluster, node), if tell(node) { 1.0 } else { 0.0 }))
            .collect()
    };
    let up = each(|node| node.status == PeerStatus::Up);
    gauge(
        encoder,
        "ringkeeper_node_up",
        "1 if all its peers see the node up",
        up,
    )?;
    let answers = each(|node| node.answer == Answer::Answered);
    gauge(
        encoder,
        "ringkeeper_node_answers",
        "1 if the node answered the host at the last sweep",
        answers,
    )?;

    for metric in METRICS.iter().filter(|metric| metric.tier != Tier::Table) {
        let name = format!("cassandra_{}", metric.name.replace('.', "_"));
        let help = format!("{}, in {}", metric.meaning, metric.unit.name());
        let series = seen()
            .flat_map(|(cluster, snapshot)| node_series(cluster, snapshot, metric))
            .collect();
        match metric.kind {
            MetricKind::Gauge => gauge(encoder, &name, &help, series)?,
            MetricKind::Counter => counter(encoder, &name, &help, series)?,
        }
    }
    Ok(())
}

/// Numbers of nodes that answer; what a silent one said last is no longer so. A machine answers on its own, and what it said
/// is so for a while.
fn node_series(cluster: &str, snapshot: &Snapshot, metric: &Metric) -> Series {
    let own = snapshot
        .metrics
        .latest(metric.name)
        .filter(|(key, _)| key.table.is_none());
    let labelled = own.filter_map(|(key, point)| {
        let node = node_of(snapshot, key.node)?;
        let is_so = match metric.tier {
            Tier::Machine => snapshot.observed_at.since(point.at) <= MACHINE_HOLDS,
            Tier::Node | Tier::Table => node.answer == Answer::Answered,
        };
        let part = key.part.clone().map(|part| ("part", part));
        let labels = || node_labels(cluster, node).into_iter().chain(part).collect();
        is_so.then(|| (labels(), point.value))
    });
    labelled.collect()
}

fn node_of(snapshot: &Snapshot, id: NodeId) -> Option<&NodeView> {
    snapshot.nodes.get(&id)
}

fn node_labels(cluster: &str, node: &NodeView) -> Labels {
    vec![
        ("cluster", cluster.to_owned()),
        ("data_center", node.data_centre.clone()),
        ("rack", node.rack.clone()),
        ("address", node.endpoint.ip().to_string()),
        ("host_id", node.id.to_string()),
    ]
}
