//! The machines below the nodes, as far as agents on them told lately.

use std::collections::BTreeMap;

use ringkeeper_sdk::Timestamp;
use ringkeeper_sdk::metrics::Point;

use crate::numbers::Increase;
use crate::settings::Settings;
use crate::world::{Place, World};

mod trend;

pub(crate) use trend::{Trend, trend};

/// One machine. What is not here is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Machine {
    /// Cassandra's process.
    pub(crate) process: Option<Process>,
    /// Those with something of Cassandra on them, by mount point.
    pub(crate) file_systems: BTreeMap<String, FileSystem>,
    /// Arrays of disks by name.
    pub(crate) arrays: BTreeMap<String, Array>,
    /// Network interfaces of which packets were lost or bad, by name.
    pub(crate) interfaces: BTreeMap<String, Interface>,
    /// When the certificates end that Cassandra shows, by port.
    pub(crate) certificates: BTreeMap<String, Timestamp>,
}

/// Cassandra's process, by the word of the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Process {
    /// When that was said.
    pub(crate) said_at: Timestamp,
    /// Whether it runs.
    pub(crate) is_running: bool,
    /// Since when that is so; none where it was not said.
    pub(crate) since: Option<Timestamp>,
    /// How often it was started in the last hour.
    pub(crate) starts_last_hour: u32,
    /// While it does not run: whether it was told to stop; none where nobody can tell.
    pub(crate) stopped_on_purpose: Option<bool>,
    /// While it does not run: whether the kernel killed it for memory.
    pub(crate) killed_for_memory: bool,
}

/// A file system.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FileSystem {
    /// Its size in bytes.
    pub(crate) total: f64,
    /// Its free bytes, newest last.
    pub(crate) free: Vec<Point>,
    /// How many files it can hold; 0 where it has no limit.
    pub(crate) total_files: f64,
    /// How many more of them, newest last.
    pub(crate) free_files: Vec<Point>,
    /// Whether nothing can be written to it.
    pub(crate) is_read_only: bool,
    /// Whether a data directory is on it.
    pub(crate) holds_data: bool,
    /// Whether the commit log is on it.
    pub(crate) holds_commitlog: bool,
}

/// An array of disks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Array {
    /// How many disks it should have.
    pub(crate) members: f64,
    /// How many of them do not work.
    pub(crate) missing: f64,
    /// Whether it is being rebuilt or checked.
    pub(crate) is_syncing: bool,
}

/// A network interface, within the window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Interface {
    /// All its packets; none where too little is known.
    pub(crate) packets: Option<Increase>,
    /// Those with errors.
    pub(crate) errors: Option<Increase>,
    /// Those that were dropped.
    pub(crate) dropped: Option<Increase>,
}

impl FileSystem {
    /// Bytes that are free now; none where that is not known.
    pub(crate) fn free_now(&self) -> Option<f64> {
        self.free.last().map(|point| point.value)
    }

    /// The share in use, from 0 to 1; none where it is not known.
    pub(crate) fn used(&self) -> Option<f64> {
        (self.total > 0.0).then_some(1.0 - self.free_now()? / self.total)
    }

    /// The share of its files that exist, from 0 to 1; none where it is not known, or there is no limit.
    pub(crate) fn files_used(&self) -> Option<f64> {
        let free = self.free_files.last()?.value;
        (self.total_files > 0.0).then_some(1.0 - free / self.total_files)
    }
}

impl World {
    /// The process of a node that does not answer, where its machine says that none runs there.
    pub(crate) fn dead(&self, place: Place) -> Option<&Process> {
        let silent = self.members.get(place).filter(|member| !member.answers())?;
        let process = self.machines.get(&place)?.process.as_ref()?;
        // What was said before it fell silent is of another time.
        let is_of_now = process.said_at >= silent.state.answer_since;
        (is_of_now && !process.is_running).then_some(process)
    }

    /// The share of all processors' time that a counter of processor seconds took in the last `window_minutes`; none
    /// with too few points to tell.
    pub(crate) fn processor_share(&self, metric: &str, place: Place, settings: &Settings) -> Option<f64> {
        let processors = self
            .numbers
            .latest("machine.cpu.count", place)
            .filter(|count| *count > 0.0)?;
        let increase = self.numbers.increase(metric, place)?;
        // A third of the window must be known, or a moment would be taken for a habit.
        let enough = i64::from(settings.window_minutes) * 20_000;
        (increase.within >= enough).then(|| increase.by * 1_000.0 / (increase.within as f64 * processors))
    }
}
