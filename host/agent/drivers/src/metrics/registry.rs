//! Names, units and meanings of all host metrics.

/// In what a metric is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Seconds.
    Seconds,
    /// Things.
    Count,
    /// 1 for yes, 0 for no.
    Flag,
}

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, from the start of the machine on.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// What is known of a metric beside its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostMetric {
    /// Its name.
    pub name: &'static str,
    /// In what it is counted.
    pub unit: Unit,
    /// How it moves.
    pub kind: Kind,
    /// What it says, and where the kernel says it.
    pub help: &'static str,
}

macro_rules! metrics {
    ($($name:literal $unit:ident $kind:ident $help:literal)*) => {
        &[$(HostMetric { name: $name, unit: Unit::$unit, kind: Kind::$kind, help: $help }),*]
    };
}

/// All of them, in the order of the documentation.
pub const HOST_METRICS: &[HostMetric] = metrics! {
    "cpu.count" Count Gauge "processors that are on (/proc/stat)"
    "cpu.user_seconds" Seconds Counter "programs, the nice ones included (/proc/stat)"
    "cpu.system_seconds" Seconds Counter "the kernel, interrupts included (/proc/stat)"
    "cpu.idle_seconds" Seconds Counter "nothing to do (/proc/stat)"
    "cpu.iowait_seconds" Seconds Counter "nothing to do but wait for disks (/proc/stat)"
    "cpu.steal_seconds" Seconds Counter "taken by other guests of the same host (/proc/stat)"
    "load.one_minute" Count Gauge "tasks that run or wait for a disk (/proc/loadavg)"
    "memory.total_bytes" Bytes Gauge "all of it (/proc/meminfo)"
    "memory.available_bytes" Bytes Gauge "what programs could have without swapping (/proc/meminfo)"
    "memory.swap_total_bytes" Bytes Gauge "swap space (/proc/meminfo)"
    "memory.swap_used_bytes" Bytes Gauge "swap space in use: Cassandra wants none (/proc/meminfo)"
    "memory.swapped_in_bytes" Bytes Counter "read back from swap space, as programs wanted it again (/proc/vmstat)"
    "memory.swapped_out_bytes" Bytes Counter "written to swap space (/proc/vmstat)"
    "memory.oom_kills" Count Counter "processes that the kernel killed for memory (/proc/vmstat)"
    "disk.read_bytes" Bytes Counter "read, by device (/proc/diskstats)"
    "disk.written_bytes" Bytes Counter "written, by device (/proc/diskstats)"
    "disk.busy_seconds" Seconds Counter "time in which the device had something to do (/proc/diskstats)"
    "filesystem.total_bytes" Bytes Gauge "size, by mount point (statvfs)"
    "filesystem.free_bytes" Bytes Gauge "free for users that are not root (statvfs)"
    "filesystem.total_files" Count Gauge "inodes; missing where there is no limit (statvfs)"
    "filesystem.free_files" Count Gauge "free inodes; missing where there is no limit (statvfs)"
    "filesystem.read_only" Flag Gauge "mounted read-only, by an operator or after an error (/proc/self/mountinfo)"
    "filesystem.holds_data" Flag Gauge "1 for mount points with a data directory of Cassandra (what Cassandra has open, remembered while it does not run)"
    "filesystem.holds_commitlog" Flag Gauge "1 for the mount point with Cassandra's commit log (the same)"
    "network.received_bytes" Bytes Counter "received, by interface (/proc/net/dev)"
    "network.sent_bytes" Bytes Counter "sent, by interface (/proc/net/dev)"
    "network.packets" Count Counter "packets, both ways, by interface (/proc/net/dev)"
    "network.errors" Count Counter "packets with errors, both ways (/proc/net/dev)"
    "network.dropped" Count Counter "packets that were dropped, both ways (/proc/net/dev)"
    "raid.members" Count Gauge "disks that an array should have (/proc/mdstat)"
    "raid.members_missing" Count Gauge "disks of them that do not work (/proc/mdstat)"
    "raid.is_syncing" Flag Gauge "whether the array is rebuilt or checked (/proc/mdstat)"
    "clock.synchronised" Flag Gauge "whether the clock follows a source (chronyc tracking, or what systemd-timesyncd leaves in /run)"
    "clock.offset_seconds" Seconds Gauge "how far it is off its source, either way (chronyc tracking)"
    "machine.uptime_seconds" Seconds Gauge "since the machine started (/proc/uptime)"
};

/// The metric of this name.
#[must_use]
pub fn host_metric(name: &str) -> Option<&'static HostMetric> {
    HOST_METRICS.iter().find(|metric| metric.name == name)
}
