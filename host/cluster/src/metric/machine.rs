//! What is known of the machine below a node, by the agent on it.

use super::{Metric, MetricKind, Tier, Unit};

macro_rules! metrics {
    ($($name:literal $unit:ident $kind:ident $meaning:literal $source:literal)*) => {
        &[$(Metric {
            name: $name,
            unit: Unit::$unit,
            kind: MetricKind::$kind,
            tier: Tier::Machine,
            meaning: $meaning,
            source: $source,
        }),*]
    };
}

/// Those that begin with `machine.` are the agent's host metrics, so named.
pub(super) const MACHINE: &[Metric] = metrics! {
    "machine.cpu.count" Count Gauge "processors that are on" "/proc/stat"
    "machine.cpu.user_seconds" Seconds Counter "processor time of programs" "/proc/stat"
    "machine.cpu.system_seconds" Seconds Counter "processor time of the kernel" "/proc/stat"
    "machine.cpu.idle_seconds" Seconds Counter "processor time with nothing to do" "/proc/stat"
    "machine.cpu.iowait_seconds" Seconds Counter "processor time with nothing to do but wait for disks" "/proc/stat"
    "machine.cpu.steal_seconds" Seconds Counter "processor time taken by other guests of the same host" "/proc/stat"
    "machine.load.one_minute" Count Gauge "tasks that run or wait for a disk" "/proc/loadavg"
    "machine.memory.total_bytes" Bytes Gauge "memory" "/proc/meminfo"
    "machine.memory.available_bytes" Bytes Gauge "memory that programs could have without swapping" "/proc/meminfo"
    "machine.memory.swap_total_bytes" Bytes Gauge "swap space" "/proc/meminfo"
    "machine.memory.swap_used_bytes" Bytes Gauge "swap space in use" "/proc/meminfo"
    "machine.memory.swapped_in_bytes" Bytes Counter "read back from swap space, as programs wanted it again" "/proc/vmstat"
    "machine.memory.swapped_out_bytes" Bytes Counter "written to swap space" "/proc/vmstat"
    "machine.memory.oom_kills" Count Counter "processes that the kernel killed for memory" "/proc/vmstat"
    "machine.disk.read_bytes" Bytes Counter "bytes read, by device" "/proc/diskstats"
    "machine.disk.written_bytes" Bytes Counter "bytes written, by device" "/proc/diskstats"
    "machine.disk.busy_seconds" Seconds Counter "time in which the device had something to do, by device" "/proc/diskstats"
    "machine.filesystem.total_bytes" Bytes Gauge "size, by mount point" "statvfs"
    "machine.filesystem.free_bytes" Bytes Gauge "free for users that are not root, by mount point" "statvfs"
    "machine.filesystem.total_files" Count Gauge "inodes, by mount point; missing where there is no limit" "statvfs"
    "machine.filesystem.free_files" Count Gauge "free inodes, by mount point; missing where there is no limit" "statvfs"
    "machine.filesystem.read_only" Flag Gauge "mounted read-only, by an operator or after an error, by mount point" "/proc/self/mountinfo"
    "machine.filesystem.holds_data" Flag Gauge "1 for mount points with a data directory of Cassandra" "what Cassandra has open, remembered while it does not run"
    "machine.filesystem.holds_commitlog" Flag Gauge "1 for the mount point with Cassandra's commit log" "what Cassandra has open, remembered while it does not run"
    "machine.network.received_bytes" Bytes Counter "bytes received, by interface" "/proc/net/dev"
    "machine.network.sent_bytes" Bytes Counter "bytes sent, by interface" "/proc/net/dev"
    "machine.network.packets" Count Counter "packets, both ways, by interface" "/proc/net/dev"
    "machine.network.errors" Count Counter "packets with errors, both ways, by interface" "/proc/net/dev"
    "machine.network.dropped" Count Counter "packets that were dropped, both ways, by interface" "/proc/net/dev"
    "machine.raid.members" Count Gauge "disks that an array should have, by array" "/proc/mdstat"
    "machine.raid.members_missing" Count Gauge "disks of an array that do not work, by array" "/proc/mdstat"
    "machine.raid.is_syncing" Flag Gauge "whether an array is rebuilt or checked, by array" "/proc/mdstat"
    "machine.clock.synchronised" Flag Gauge "whether the clock follows a source" "chronyc tracking, or what systemd-timesyncd leaves in /run"
    "machine.clock.offset_seconds" Seconds Gauge "how far the clock is ahead of its source; behind where it is negative" "chronyc tracking"
    "machine.uptime_seconds" Seconds Gauge "since the machine started" "/proc/uptime"
    "machine.packages.updates" Count Gauge "packages that could be updated, as far as the machine knows" "apt-get --simulate, once an hour"
    "machine.packages.security_updates" Count Gauge "those of them that come from where security updates come from" "the same"
    "machine.reboot_required" Flag Gauge "whether the machine waits for a restart" "/run/reboot-required, once an hour"
    "process.running" Flag Gauge "whether a Cassandra runs on the machine, whatever it answers" "/proc, looked at every 2 s"
    "process.state_seconds" Seconds Gauge "for how long it has run, or has not, as far as the agent has seen" "the same"
    "process.starts_last_hour" Count Gauge "how often it was started in the last hour" "the same, remembered by the agent"
    "process.release_replaced" Flag Gauge "while it runs: whether the jar that it was started from is not there any more, as after an upgrade; missing where nobody can tell" "/proc, and the file"
    "process.stopped_on_purpose" Flag Gauge "while it does not run: 1 where it was told to stop, 0 where it ended by itself; missing where nobody can tell" "the host's last order, else systemctl show"
    "process.killed_for_memory" Flag Gauge "while it does not run: whether the kernel killed it for memory; missing where nobody can tell" "systemctl show"
    "certificate.expires_seconds" Seconds Gauge "until the certificate ends that Cassandra shows, by port; negative where it has" "a TLS handshake"
};
