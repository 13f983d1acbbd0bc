//! `[plugin.limits]`: what one call of a plugin may use.

use std::time::Duration;

use crate::key::{Absent, Key, Section};
use crate::kind::{Count, Size, TimeSpan};
use crate::reading::{Reading, Table};

/// What one call of a plugin may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PluginLimits {
    /// Bytes of all its memories and tables together.
    pub memory_bytes: u64,
    /// Time it may compute; waiting in the host is free.
    pub cpu: Duration,
    /// Time from beginning to end of a plan, waiting included.
    pub plan_wall: Duration,
    /// Time from beginning to end of an attempt at a step, waiting included.
    pub execute_wall: Duration,
    /// Bytes it may hand to the host, in all its calls and its answer together.
    pub host_call_bytes: u64,
    /// Handles it may hold at once.
    pub handles: u32,
    /// Bytes of its log; what is over is dropped and counted.
    pub log_bytes: u64,
    /// Bytes of all it keeps between calls.
    pub state_bytes: u64,
}

pub(super) static SECTION: Section = Section {
    path: "plugin.limits",
    repeated: false,
    meaning: "What one call of the plugin may use. Always on, and always shown next to what was used.",
    keys: &[
        &MEMORY,
        &CPU,
        &PLAN_WALL,
        &EXECUTE_WALL,
        &HOST_CALLS,
        &HANDLES,
        &LOG,
        &STATE,
    ],
    sections: &[],
};

static MEMORY: Key<Size> = Key {
    name: "memory",
    kind: Size {
        least: 1 << 20,
        most: 1 << 30,
    },
    absent: Absent::Default("\"64MiB\""),
    meaning: "All its memories and tables together.",
};

static CPU: Key<TimeSpan> = Key {
    name: "cpu",
    kind: TimeSpan {
        least: Duration::from_millis(10),
        most: Duration::from_secs(600),
    },
    absent: Absent::Default("\"5s\""),
    meaning: "How long it may compute. Waiting in the host is free.",
};

static PLAN_WALL: Key<TimeSpan> = Key {
    name: "plan_wall",
    kind: TimeSpan {
        least: Duration::from_millis(100),
        most: Duration::from_secs(3_600),
    },
    absent: Absent::Default("\"30s\""),
    meaning: "How long a plan may take from beginning to end, waiting included.",
};

static EXECUTE_WALL: Key<TimeSpan> = Key {
    name: "execute_wall",
    kind: TimeSpan {
        least: Duration::from_millis(100),
        most: Duration::from_secs(86_400),
    },
    absent: Absent::Default("\"10m\""),
    meaning: "How long one attempt at a step may take, waiting included. Jobs it starts are not ended by it.",
};

static HOST_CALLS: Key<Size> = Key {
    name: "host_calls",
    kind: Size {
        least: 4 << 10,
        most: 1 << 30,
    },
    absent: Absent::Default("\"8MiB\""),
    meaning: "How much it may hand to the host, in all its calls and its answer together.",
};

static HANDLES: Key<Count> = Key {
    name: "handles",
    kind: Count {
        least: 1,
        most: 1_000_000,
    },
    absent: Absent::Default("4096"),
    meaning: "How many handles it may hold at once.",
};

static LOG: Key<Size> = Key {
    name: "log",
    kind: Size {
        least: 0,
        most: 64 << 20,
    },
    absent: Absent::Default("\"64KiB\""),
    meaning: "How much it may log. What is over is dropped and counted.",
};

static STATE: Key<Size> = Key {
    name: "state",
    kind: Size {
        least: 0,
        most: 64 << 20,
    },
    absent: Absent::Default("\"1MiB\""),
    meaning: "How much it may keep between calls.",
};

impl PluginLimits {
    pub(super) fn read(plugin: &Table<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let table = plugin.table(reading, &SECTION);
        let memory_bytes = table.value(reading, &MEMORY);
        let cpu = table.value(reading, &CPU);
        let plan_wall = table.value(reading, &PLAN_WALL);
        let execute_wall = table.value(reading, &EXECUTE_WALL);
        let host_call_bytes = table.value(reading, &HOST_CALLS);
        let handles = table.value(reading, &HANDLES);
        let log_bytes = table.value(reading, &LOG);
        let state_bytes = table.value(reading, &STATE);
        Some(Self {
            memory_bytes: memory_bytes?,
            cpu: cpu?,
            plan_wall: plan_wall?,
            execute_wall: execute_wall?,
            host_call_bytes: host_call_bytes?,
            handles: handles?,
            log_bytes: log_bytes?,
            state_bytes: state_bytes?,
        })
    }
}
