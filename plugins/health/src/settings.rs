//! Where a number or a duration begins to matter.

use ringkeeper_sdk::prelude::*;

/// What the operator may set. Durations are in the unit their name says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// A node that does not answer the host is told of after this many seconds; that no node does, becomes severe.
    pub(crate) silent_seconds: u32,
    /// After a schema change the nodes may disagree for this many seconds.
    pub(crate) schema_settle_seconds: u32,
    /// Some nodes may see one up and others see it down for this many seconds, as they do for a moment at every death.
    pub(crate) disputed_seconds: u32,
    /// A node that went down this many times within `flapping_minutes` is flapping.
    pub(crate) flapping_downs: u32,
    /// How far back that is counted.
    pub(crate) flapping_minutes: u32,
    /// A node may be unknown to some peers this long after it came.
    pub(crate) gossip_settle_minutes: u32,
    /// A node may join, leave or move for this many hours.
    pub(crate) membership_change_hours: u32,
    /// Over how many minutes counters are watched: garbage collection, dropped messages, timeouts, hints. Of all but
    /// the first only the time counts that has passed since a node was last down, once that is a third of these.
    pub(crate) window_minutes: u32,
    /// A number older than this many minutes is not believed.
    pub(crate) stale_minutes: u32,
    /// Pending compactions of one node that matter when they also grow.
    pub(crate) pending_compactions: u32,
    /// Over how many minutes pending compactions must grow.
    pub(crate) pending_compactions_minutes: u32,
    /// Share of the heap still in use right after a collection of the old generation: a warning.
    pub(crate) heap_after_gc_ratio: f64,
    /// The same: severe.
    pub(crate) heap_after_gc_severe_ratio: f64,
    /// Share of the heap in use all the time of `window_minutes`, where nothing is known right after a collection.
    pub(crate) heap_used_ratio: f64,
    /// Share of time spent in garbage collection.
    pub(crate) gc_time_ratio: f64,
    /// Messages that one node dropped within `window_minutes`.
    pub(crate) dropped_messages: u32,
    /// Requests that timed out on one coordinator within `window_minutes`, at least.
    pub(crate) client_timeouts: u32,
    /// And the share of all its requests that they are, at least.
    pub(crate) client_timeout_ratio: f64,
    /// Requests that one coordinator refused within `window_minutes` because too few replicas were up.
    pub(crate) client_unavailables: u32,
    /// Hints that one node wrote within `window_minutes`.
    pub(crate) hints: u32,
    /// Share of a file system with data in use: a warning. Compactions and snapshots need room.
    pub(crate) disk_used_ratio: f64,
    /// The same: severe.
    pub(crate) disk_used_severe_ratio: f64,
    /// A file system with data or commit log that is full within this many hours if it goes on as it did: a warning.
    pub(crate) disk_full_hours: u32,
    /// The same: severe.
    pub(crate) disk_full_severe_hours: u32,
    /// Share of the files that a file system with data or commit log can hold: a warning.
    pub(crate) inodes_used_ratio: f64,
    /// The same: severe.
    pub(crate) inodes_used_severe_ratio: f64,
    /// Share of a file system with the commit log, and no data, in use: a warning.
    pub(crate) commitlog_used_ratio: f64,
    /// The same: severe.
    pub(crate) commitlog_used_severe_ratio: f64,
    /// Share of all processors' time spent waiting for disks within `window_minutes`.
    pub(crate) iowait_ratio: f64,
    /// Share of all processors' time taken by other guests of the same host within `window_minutes`.
    pub(crate) steal_ratio: f64,
    /// MiB that were read back from swap space within `window_minutes`.
    pub(crate) swapped_in_mib: u32,
    /// Packets with errors of one network interface within `window_minutes`, at least.
    pub(crate) network_errors: u32,
    /// And the share of all its packets that they are, at least.
    pub(crate) network_error_ratio: f64,
    /// Packets that one network interface dropped within `window_minutes`, at least.
    pub(crate) network_drops: u32,
    /// And the share of all its packets that they are, at least.
    pub(crate) network_drop_ratio: f64,
    /// How far, in milliseconds, a clock may be off its source: a warning.
    pub(crate) clock_offset_ms: u32,
    /// The same: severe.
    pub(crate) clock_offset_severe_ms: u32,
    /// A Cassandra that was started this many times within an hour is in a loop.
    pub(crate) restarts_per_hour: u32,
    /// A certificate that ends within this many days: a warning.
    pub(crate) certificate_days: u32,
    /// The same: severe.
    pub(crate) certificate_severe_days: u32,
    /// When more nodes than this have the same trouble, one finding names them all.
    pub(crate) nodes_told_apart: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            silent_seconds: 60,
            schema_settle_seconds: 60,
            disputed_seconds: 60,
            flapping_downs: 3,
            flapping_minutes: 30,
            gossip_settle_minutes: 5,
            membership_change_hours: 12,
            window_minutes: 15,
            stale_minutes: 10,
            pending_compactions: 100,
            pending_compactions_minutes: 30,
            heap_after_gc_ratio: 0.75,
            heap_after_gc_severe_ratio: 0.9,
            heap_used_ratio: 0.92,
            gc_time_ratio: 0.1,
            dropped_messages: 25,
            client_timeouts: 20,
            client_timeout_ratio: 0.001,
            client_unavailables: 1,
            hints: 100,
            disk_used_ratio: 0.7,
            disk_used_severe_ratio: 0.85,
            disk_full_hours: 24,
            disk_full_severe_hours: 4,
            inodes_used_ratio: 0.8,
            inodes_used_severe_ratio: 0.95,
            commitlog_used_ratio: 0.8,
            commitlog_used_severe_ratio: 0.95,
            iowait_ratio: 0.2,
            steal_ratio: 0.1,
            swapped_in_mib: 64,
            network_errors: 100,
            network_error_ratio: 0.000_1,
            network_drops: 1_000,
            network_drop_ratio: 0.01,
            clock_offset_ms: 100,
            clock_offset_severe_ms: 500,
            restarts_per_hour: 3,
            certificate_days: 21,
            certificate_severe_days: 3,
            nodes_told_apart: 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_who_sets_nothing_gets_the_defaults() {
        let settings: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"heap_ratio": 0.5}"#).is_err());
    }
}
