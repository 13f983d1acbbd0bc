//! Metrics by name: the registry that backends, plugins and docs/metrics.md share.

use serde::{Deserialize, Serialize};

use crate::TableName;

/// What a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name; never reused for something else.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// Gauge or counter.
    pub kind: MetricKind,
    /// When it is read.
    pub tier: Tier,
    /// One line for a person.
    pub meaning: &'static str,
    /// Where it comes from: MBean and attribute.
    pub source: &'static str,
}

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Milliseconds.
    Milliseconds,
    /// A number of things.
    Count,
    /// From 0 to 1.
    Ratio,
    /// From 0 to 100.
    Percent,
}

impl Unit {
    /// The unit as plugins and Prometheus spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Milliseconds => "ms",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Percent => "percent",
        }
    }
}

/// How a number moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MetricKind {
    /// Up and down.
    Gauge,
    /// Only up, from 0 at the start of the process.
    Counter,
}

/// Which sweep reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// With the node's metrics, every minute by default.
    Node,
    /// With the tables' metrics, every five minutes by default.
    Table,
}

/// One number as read, without its moment and node, which the observer knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Name of a metric in [`METRICS`].
    pub metric: String,
    /// The table it is about; none for the node itself.
    pub table: Option<TableName>,
    /// The number, in the metric's unit.
    pub value: f64,
}

/// The metric of this name.
#[must_use]
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

const fn gauge(
    name: &'static str,
    unit: Unit,
    tier: Tier,
    meaning: &'static str,
    source: &'static str,
) -> Metric {
    Metric {
        name,
        unit,
        kind: MetricKind::Gauge,
        tier,
        meaning,
        source,
    }
}

const fn counter(
    name: &'static str,
    unit: Unit,
    tier: Tier,
    meaning: &'static str,
    source: &'static str,
) -> Metric {
    Metric {
        name,
        unit,
        kind: MetricKind::Counter,
        tier,
        meaning,
        source,
    }
}

/// Every metric this host knows. `M:` abbreviates `org.apache.cassandra.metrics:`.
pub const METRICS: &[Metric] = &[
    gauge(
        "heap.used_bytes",
        Unit::Bytes,
        Tier::Node,
        "Java heap in use",
        "java.lang:type=Memory HeapMemoryUsage/used",
    ),
    gauge(
        "heap.max_bytes",
        Unit::Bytes,
        Tier::Node,
        "Java heap at most",
        "java.lang:type=Memory HeapMemoryUsage/max",
    ),
    gauge(
        "heap.after_gc_bytes",
        Unit::Bytes,
        Tier::Node,
        "old generation in use right after its last collection; what cannot be freed",
        "java.lang:type=MemoryPool,name=* CollectionUsage/used, the old generation's pool",
    ),
    counter(
        "gc.time_ms",
        Unit::Milliseconds,
        Tier::Node,
        "time spent in garbage collection, all collectors",
        "java.lang:type=GarbageCollector,name=* CollectionTime",
    ),
    counter(
        "gc.collections",
        Unit::Count,
        Tier::Node,
        "garbage collections, all collectors",
        "java.lang:type=GarbageCollector,name=* CollectionCount",
    ),
    gauge(
        "process.cpu_ratio",
        Unit::Ratio,
        Tier::Node,
        "CPU used by the Cassandra process, of all cores",
        "java.lang:type=OperatingSystem ProcessCpuLoad",
    ),
    gauge(
        "process.open_files",
        Unit::Count,
        Tier::Node,
        "open file descriptors",
        "java.lang:type=OperatingSystem OpenFileDescriptorCount",
    ),
    gauge(
        "process.max_files",
        Unit::Count,
        Tier::Node,
        "file descriptors allowed",
        "java.lang:type=OperatingSystem MaxFileDescriptorCount",
    ),
    counter(
        "process.uptime_ms",
        Unit::Milliseconds,
        Tier::Node,
        "time since the process started",
        "java.lang:type=Runtime Uptime",
    ),
    gauge(
        "storage.load_bytes",
        Unit::Bytes,
        Tier::Node,
        "live SSTables on disk, snapshots left out",
        "M:type=Storage,name=Load Count",
    ),
    counter(
        "storage.exceptions",
        Unit::Count,
        Tier::Node,
        "exceptions nobody handled",
        "M:type=Storage,name=Exceptions Count",
    ),
    counter(
        "hints.written",
        Unit::Count,
        Tier::Node,
        "hints written for other nodes",
        "M:type=Storage,name=TotalHints Count",
    ),
    gauge(
        "hints.in_progress",
        Unit::Count,
        Tier::Node,
        "hints being written now",
        "M:type=Storage,name=TotalHintsInProgress Count",
    ),
    gauge(
        "compaction.pending_tasks",
        Unit::Count,
        Tier::Node,
        "compactions still to do, as estimated",
        "M:type=Compaction,name=PendingTasks Value",
    ),
    counter(
        "compaction.completed_tasks",
        Unit::Count,
        Tier::Node,
        "compactions done",
        "M:type=Compaction,name=CompletedTasks Value",
    ),
    counter(
        "compaction.bytes",
        Unit::Bytes,
        Tier::Node,
        "bytes compacted",
        "M:type=Compaction,name=BytesCompacted Count",
    ),
    counter(
        "dropped.mutation",
        Unit::Count,
        Tier::Node,
        "writes dropped because they waited too long",
        "M:type=DroppedMessage,scope=MUTATION,name=Dropped Count",
    ),
    counter(
        "dropped.read",
        Unit::Count,
        Tier::Node,
        "reads dropped because they waited too long",
        "M:type=DroppedMessage,scope=READ,name=Dropped Count",
    ),
    counter(
        "dropped.other",
        Unit::Count,
        Tier::Node,
        "other messages dropped because they waited too long",
        "M:type=DroppedMessage,scope=*,name=Dropped Count, all other scopes, those with two names once",
    ),
    counter(
        "client.read_timeouts",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated that timed out",
        "M:type=ClientRequest,scope=Read,name=Timeouts Count",
    ),
    counter(
        "client.write_timeouts",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated that timed out",
        "M:type=ClientRequest,scope=Write,name=Timeouts Count",
    ),
    counter(
        "client.read_unavailables",
        Unit::Count,
        Tier::Node,
        "reads refused because too few replicas were up",
        "M:type=ClientRequest,scope=Read,name=Unavailables Count",
    ),
    counter(
        "client.write_unavailables",
        Unit::Count,
        Tier::Node,
        "writes refused because too few replicas were up",
        "M:type=ClientRequest,scope=Write,name=Unavailables Count",
    ),
    counter(
        "client.reads",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated",
        "M:type=ClientRequest,scope=Read,name=Latency Count",
    ),
    counter(
        "client.writes",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated",
        "M:type=ClientRequest,scope=Write,name=Latency Count",
    ),
    counter(
        "client.reads_at_two",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated at TWO",
        "M:type=ClientRequest,scope=Read-TWO,name=Latency Count",
    ),
    counter(
        "client.writes_at_two",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated at TWO",
        "M:type=ClientRequest,scope=Write-TWO,name=Latency Count",
    ),
    counter(
        "client.reads_at_three",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated at THREE",
        "M:type=ClientRequest,scope=Read-THREE,name=Latency Count",
    ),
    counter(
        "client.writes_at_three",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated at THREE",
        "M:type=ClientRequest,scope=Write-THREE,name=Latency Count",
    ),
    counter(
        "client.reads_at_quorum",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated at QUORUM",
        "M:type=ClientRequest,scope=Read-QUORUM,name=Latency Count",
    ),
    counter(
        "client.writes_at_quorum",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated at QUORUM",
        "M:type=ClientRequest,scope=Write-QUORUM,name=Latency Count",
    ),
    counter(
        "client.reads_at_serial",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated at SERIAL",
        "M:type=ClientRequest,scope=Read-SERIAL,name=Latency Count",
    ),
    counter(
        "client.writes_at_serial",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated at SERIAL",
        "M:type=ClientRequest,scope=Write-SERIAL,name=Latency Count",
    ),
    counter(
        "client.reads_at_each_quorum",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated at EACH_QUORUM",
        "M:type=ClientRequest,scope=Read-EACH_QUORUM,name=Latency Count",
    ),
    counter(
        "client.writes_at_each_quorum",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated at EACH_QUORUM",
        "M:type=ClientRequest,scope=Write-EACH_QUORUM,name=Latency Count",
    ),
    counter(
        "client.reads_at_all",
        Unit::Count,
        Tier::Node,
        "reads this node coordinated at ALL",
        "M:type=ClientRequest,scope=Read-ALL,name=Latency Count",
    ),
    counter(
        "client.writes_at_all",
        Unit::Count,
        Tier::Node,
        "writes this node coordinated at ALL",
        "M:type=ClientRequest,scope=Write-ALL,name=Latency Count",
    ),
    gauge(
        "client.read_p99_ms",
        Unit::Milliseconds,
        Tier::Node,
        "99th percentile of read latency, coordinator",
        "M:type=ClientRequest,scope=Read,name=Latency 99thPercentile",
    ),
    gauge(
        "client.write_p99_ms",
        Unit::Milliseconds,
        Tier::Node,
        "99th percentile of write latency, coordinator",
        "M:type=ClientRequest,scope=Write,name=Latency 99thPercentile",
    ),
    gauge(
        "client.connections",
        Unit::Count,
        Tier::Node,
        "connected native-protocol clients",
        "M:type=Client,name=connectedNativeClients Value",
    ),
    gauge(
        "pool.mutation_pending",
        Unit::Count,
        Tier::Node,
        "writes waiting for a thread",
        "M:type=ThreadPools,path=request,scope=MutationStage,name=PendingTasks Value",
    ),
    gauge(
        "pool.read_pending",
        Unit::Count,
        Tier::Node,
        "reads waiting for a thread",
        "M:type=ThreadPools,path=request,scope=ReadStage,name=PendingTasks Value",
    ),
    gauge(
        "pool.flush_pending",
        Unit::Count,
        Tier::Node,
        "memtable flushes waiting",
        "M:type=ThreadPools,path=internal,scope=MemtableFlushWriter,name=PendingTasks Value",
    ),
    gauge(
        "table.disk_bytes",
        Unit::Bytes,
        Tier::Table,
        "live SSTables of the table on disk",
        "M:type=Table,keyspace=*,scope=*,name=LiveDiskSpaceUsed Count",
    ),
    gauge(
        "table.sstables",
        Unit::Count,
        Tier::Table,
        "live SSTables",
        "M:type=Table,keyspace=*,scope=*,name=LiveSSTableCount Value",
    ),
    gauge(
        "table.pending_compactions",
        Unit::Count,
        Tier::Table,
        "compactions still to do for the table",
        "M:type=Table,keyspace=*,scope=*,name=PendingCompactions Value",
    ),
    gauge(
        "table.max_partition_bytes",
        Unit::Bytes,
        Tier::Table,
        "largest partition, as last compacted",
        "M:type=Table,keyspace=*,scope=*,name=MaxPartitionSize Value",
    ),
    gauge(
        "table.repaired_percent",
        Unit::Percent,
        Tier::Table,
        "share of bytes marked repaired",
        "M:type=Table,keyspace=*,scope=*,name=PercentRepaired Value",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once() {
        for metric in METRICS {
            assert_eq!(
                METRICS.iter().filter(|other| other.name == metric.name).count(),
                1,
                "{}",
                metric.name
            );
        }
    }
}
