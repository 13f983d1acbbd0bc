//! How the machine is: processor, memory, disks, network, RAID, clock.

mod clock;
mod disks;
mod memory;
mod network;
mod proc_tree;
mod processor;
mod raid;
mod registry;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod tests;

pub use clock::{ClockState, parse_chrony};
pub use memory::MemoryMetrics;
pub use proc_tree::LinuxMetrics;
pub use registry::{HOST_METRICS, HostMetric, Kind, Unit, host_metric};

use std::collections::BTreeSet;
use std::path::PathBuf;

use async_trait::async_trait;

use crate::DriverError;

/// One number of the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct HostSample {
    /// Its name in [`HOST_METRICS`].
    pub metric: &'static str,
    /// Of which disk, mount point, interface or array; none for what a machine has once.
    pub of: Option<String>,
    /// The number, in the metric's unit.
    pub value: f64,
}

impl HostSample {
    fn one(metric: &'static str, value: f64) -> Self {
        Self {
            metric,
            of: None,
            value,
        }
    }

    fn of(metric: &'static str, of: &str, value: f64) -> Self {
        Self {
            metric,
            of: Some(of.to_owned()),
            value,
        }
    }
}

/// Where Cassandra keeps what matters most. None where that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directories {
    /// Its data directories.
    pub data: BTreeSet<PathBuf>,
    /// Its commit log.
    pub commitlog: BTreeSet<PathBuf>,
}

/// A source of host metrics.
#[async_trait]
pub trait HostMetrics: std::fmt::Debug + Send + Sync {
    /// All that can be read now, and which file systems hold these directories. What a machine does not tell is missing;
    /// nothing is guessed.
    ///
    /// # Errors
    /// When the kernel tells nothing at all.
    async fn read(&self, of: &Directories) -> Result<Vec<HostSample>, DriverError>;
}

/// The number as all metrics have it. What is lost beyond 2^53 does not matter to anybody who looks at it.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "there is no other way from u64 to f64"
)]
fn number(of: u64) -> f64 {
    of as f64
}
