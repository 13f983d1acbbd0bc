//! What a call may use, and what it used: always on, always shown side by side.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::text;

/// What one call of a plugin may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Bytes of all its memories and tables together.
    pub memory_bytes: u64,
    /// Time it may compute. Waiting in the host is free.
    #[serde(rename = "cpu_ms", serialize_with = "millis")]
    pub cpu: Duration,
    /// Time from beginning to end of a plan, waiting included.
    #[serde(rename = "plan_wall_ms", serialize_with = "millis")]
    pub plan_wall: Duration,
    /// Time from beginning to end of an attempt at a step, waiting included.
    #[serde(rename = "execute_wall_ms", serialize_with = "millis")]
    pub execute_wall: Duration,
    /// Bytes it may hand to the host.
    pub host_call_bytes: u64,
    /// Handles it may hold at once.
    pub handles: u32,
    /// Bytes of its log; what is over is dropped and counted.
    pub log_bytes: u64,
    /// Bytes of all it keeps between calls.
    pub state_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 20,
            cpu: Duration::from_secs(5),
            plan_wall: Duration::from_secs(30),
            execute_wall: Duration::from_secs(600),
            host_call_bytes: 8 << 20,
            handles: 4_096,
            log_bytes: 64 << 10,
            state_bytes: 1 << 20,
        }
    }
}

/// What one call used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Bytes of all its memories and tables at the end; they never shrink.
    pub memory_bytes: u64,
    /// Time it computed: ticks of 10 ms, or in a simulation one nanosecond an instruction.
    #[serde(rename = "cpu_ms", serialize_with = "millis")]
    pub cpu: Duration,
    /// Time from beginning to end.
    #[serde(rename = "wall_ms", serialize_with = "millis")]
    pub wall: Duration,
    /// The wall-time limit that held for this call.
    #[serde(rename = "wall_limit_ms", serialize_with = "millis")]
    pub wall_limit: Duration,
    /// How often it called the host.
    pub host_calls: u64,
    /// Bytes it handed to the host, its answer included.
    pub host_call_bytes: u64,
    /// Handles of the host's things it held at once, at most.
    pub handles: u32,
    /// Bytes of its log that were kept.
    pub log_bytes: u64,
    /// Lines of its log that were dropped.
    pub log_lines_dropped: u64,
    /// Bytes of all it keeps between calls, as of the last change in this call; none without one.
    pub state_bytes: Option<u64>,
}

/// One limit beside its use, for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Of what.
    pub what: &'static str,
    /// How much was used, with its unit.
    pub used: String,
    /// How much might have been, with its unit.
    pub limit: String,
}

impl Usage {
    /// Every limit with what was used of it.
    #[must_use]
    pub fn beside(&self, limits: &Limits) -> Vec<Measure> {
        let measure = |what, used, limit| Measure { what, used, limit };
        let log = match self.log_lines_dropped {
            0 => text::bytes(self.log_bytes),
            dropped => format!("{}, {dropped} lines dropped", text::bytes(self.log_bytes)),
        };
        vec![
            measure(
                "memory",
                text::bytes(self.memory_bytes),
                text::bytes(limits.memory_bytes),
            ),
            measure("cpu", format!("{:?}", self.cpu), format!("{:?}", limits.cpu)),
            measure(
                "wall",
                format!("{:?}", self.wall),
                format!("{:?}", self.wall_limit),
            ),
            measure(
                "host call bytes",
                text::bytes(self.host_call_bytes),
                text::bytes(limits.host_call_bytes),
            ),
            measure("handles", self.handles.to_string(), limits.handles.to_string()),
            measure("log", log, text::bytes(limits.log_bytes)),
            measure(
                "state",
                self.state_bytes
                    .map_or_else(|| "unchanged".to_owned(), text::bytes),
                text::bytes(limits.state_bytes),
            ),
        ]
    }
}

fn millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64() * 1_000.0)
}
