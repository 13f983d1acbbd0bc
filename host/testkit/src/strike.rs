//! What each kind of fault does to a cluster, and how it ends.

use std::time::Duration;

use ringkeeper_cluster::{NodeError, NodeErrorKind, NodeId, RepairOrder, RepairParallelism};
use ringkeeper_config::FaultKind;
use ringkeeper_sim::{Answers, SimCluster};

use crate::planned::PlannedFault;

/// Faults of one group do not strike one node together, as the end of one would end the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    Process,
    Endpoint,
    Line,
    Disk,
    Other(FaultKind),
}

pub(crate) const fn group(kind: FaultKind) -> Group {
    match kind {
        FaultKind::Crash | FaultKind::Hang | FaultKind::DiskFull => Group::Process,
        FaultKind::Slow | FaultKind::AgentDead => Group::Endpoint,
        FaultKind::Partition | FaultKind::OneWayPartition => Group::Line,
        FaultKind::DiskSlow => Group::Disk,
        other => Group::Other(other),
    }
}

/// Whether it takes the node's share of reads and writes away.
pub(crate) const fn takes_away(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Crash
            | FaultKind::Hang
            | FaultKind::DiskFull
            | FaultKind::Partition
            | FaultKind::OneWayPartition
    )
}

/// Lets a fault strike a node. The host's own faults are no concern of the cluster. Answers the place of a repair that
/// another tool began.
pub(crate) fn begin(cluster: &SimCluster, fault: &PlannedFault, node: NodeId) -> Option<usize> {
    match fault.kind {
        FaultKind::Crash => cluster.kill(node),
        FaultKind::Hang => cluster.set_hung(node, true),
        FaultKind::Slow => {
            let by = Duration::from_millis(fault.by_ms.unwrap_or_default().unsigned_abs());
            cluster.edit(node, |node| node.answers = Answers::After(by));
        }
        FaultKind::AgentDead => cluster.edit(node, |node| {
            node.answers = Answers::Fails(NodeError::new(
                NodeErrorKind::Unreachable,
                node.endpoint,
                "connection refused",
            ));
        }),
        FaultKind::DiskFull => cluster.set_disk_full(node, true),
        FaultKind::DiskSlow => cluster.edit(node, |node| node.disk_slow = true),
        FaultKind::StreamFailure => cluster.set_streams_fail(node, true),
        FaultKind::RepairStuck => cluster.set_repairs_hang(node, true),
        FaultKind::SchemaDisagreement => cluster.set_schema_frozen(node, true),
        FaultKind::OtherRelease => cluster.set_upgraded(node, true),
        FaultKind::ClockSkew => {
            cluster.edit(node, |node| node.clock_ahead_ms = fault.by_ms.unwrap_or_default());
        }
        FaultKind::Partition => cluster.set_partitioned(node, true, true),
        FaultKind::OneWayPartition => cluster.set_partitioned(node, true, false),
        FaultKind::AnswerLost => cluster.lose_next_answer(node),
        FaultKind::HintsLost => cluster.lose_hints(node),
        FaultKind::ForeignRepair => return foreign_repair(cluster, node),
        FaultKind::HostKill | FaultKind::SecondHost | FaultKind::GrantRevoked => {}
    }
    None
}

/// Ends it.
pub(crate) fn end(cluster: &SimCluster, fault: &PlannedFault, node: NodeId) {
    match fault.kind {
        FaultKind::Crash => cluster.start_by_itself(node),
        FaultKind::Hang => cluster.set_hung(node, false),
        FaultKind::Slow | FaultKind::AgentDead => {
            cluster.edit(node, |node| node.answers = Answers::Now);
        }
        FaultKind::DiskFull => {
            cluster.set_disk_full(node, false);
            cluster.kill(node);
            cluster.start_by_itself(node);
        }
        FaultKind::DiskSlow => cluster.edit(node, |node| node.disk_slow = false),
        FaultKind::StreamFailure => cluster.set_streams_fail(node, false),
        FaultKind::RepairStuck => cluster.set_repairs_hang(node, false),
        FaultKind::SchemaDisagreement => cluster.set_schema_frozen(node, false),
        FaultKind::OtherRelease => cluster.set_upgraded(node, false),
        FaultKind::ClockSkew => cluster.edit(node, |node| node.clock_ahead_ms = 0),
        FaultKind::Partition | FaultKind::OneWayPartition => cluster.set_partitioned(node, false, true),
        FaultKind::AnswerLost
        | FaultKind::HintsLost
        | FaultKind::ForeignRepair
        | FaultKind::HostKill
        | FaultKind::SecondHost
        | FaultKind::GrantRevoked => {}
    }
}

/// Another tool repairs the ranges for which this node is the first replica, in the first table that is replicated.
fn foreign_repair(cluster: &SimCluster, node: NodeId) -> Option<usize> {
    let (keyspace, table, map) = cluster.first_user_table()?;
    let ranges: Vec<_> = map
        .ranges()
        .filter(|(_, placement)| placement.replicas.first() == Some(&node))
        .map(|(range, _)| range)
        .collect();
    let order = RepairOrder {
        keyspace,
        tables: vec![table],
        ranges,
        data_centres: Vec::new(),
        parallelism: RepairParallelism::default(),
        threads: 1,
    };
    cluster.repair_by_another_tool(node, &order).ok()?;
    cluster.repairs_taken().checked_sub(1)
}
