//! The metrics of a Linux machine, or of a tree that was recorded on one.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use procfs_core::{FromRead as _, Meminfo, VmStat};
use ringkeeper_seams::Runtime;

use super::{Directories, HostMetrics, HostSample, clock, disks, network, number, processor, raid};
use crate::DriverError;
use crate::program::printed;

/// How long `chronyc` may take. It asks a program on this machine.
const CHRONY_LIMIT: Duration = Duration::from_secs(2);

/// Files below the root of a machine.
#[derive(Clone, Debug)]
pub(super) struct Tree(PathBuf);

impl Tree {
    pub(super) fn open(&self, path: &str) -> Option<File> {
        File::open(self.0.join(path)).ok()
    }

    /// A path of the machine.
    pub(super) fn path(&self, of_machine: &Path) -> PathBuf {
        self.0.join(of_machine.strip_prefix("/").unwrap_or(of_machine))
    }
}

/// Reads `/proc` and asks each file system.
#[derive(Debug)]
pub struct LinuxMetrics {
    tree: Tree,
    chronyc: Option<PathBuf>,
    runtime: Runtime,
}

impl LinuxMetrics {
    /// The metrics of the machine whose root is this folder.
    #[must_use]
    pub fn below(root: impl Into<PathBuf>, runtime: Runtime) -> Self {
        Self {
            tree: Tree(root.into()),
            chronyc: None,
            runtime,
        }
    }

    /// Has the clock's state told by this program (`/usr/bin/chronyc`). Without it is known at most whether
    /// systemd-timesyncd sets the clock.
    #[must_use]
    pub fn with_chronyc(mut self, program: impl Into<PathBuf>) -> Self {
        self.chronyc = Some(program.into());
        self
    }

    async fn clock(&self) -> Vec<HostSample> {
        let told = match &self.chronyc {
            // A machine on which no chrony runs has another source, or none.
            Some(program) => printed(program, &["-c", "-n", "tracking"], CHRONY_LIMIT)
                .await
                .ok(),
            None => None,
        };
        let state = told.and_then(|text| clock::parse_chrony(&text));
        state.map_or_else(|| clock::by_timesyncd(&self.tree), clock::samples)
    }
}

#[async_trait]
impl HostMetrics for LinuxMetrics {
    async fn read(&self, of: &Directories) -> Result<Vec<HostSample>, DriverError> {
        let (tree, of) = (self.tree.clone(), of.clone());
        let read = self.runtime.blocking(move || {
            [
                processor::read(&tree),
                memory(&tree),
                disks::read(&tree, &of),
                network::read(&tree),
                raid::read(&tree),
            ]
            .concat()
        });
        let mut samples = read.await.unwrap_or_default();
        if samples.is_empty() {
            let path = self.tree.path(Path::new("/proc"));
            return Err(DriverError::Content {
                path,
                reason: "tells nothing of this machine".to_owned(),
            });
        }
        samples.extend(self.clock().await);
        Ok(samples)
    }
}

fn memory(tree: &Tree) -> Vec<HostSample> {
    let mut samples = Vec::new();
    if let Some(memory) = tree
        .open("proc/meminfo")
        .and_then(|file| Meminfo::from_read(file).ok())
    {
        let swap_used = memory.swap_total.saturating_sub(memory.swap_free);
        samples.extend([
            HostSample::one("memory.total_bytes", number(memory.mem_total)),
            HostSample::one("memory.swap_total_bytes", number(memory.swap_total)),
            HostSample::one("memory.swap_used_bytes", number(swap_used)),
        ]);
        let available = memory.mem_available.map(number);
        samples.extend(available.map(|bytes| HostSample::one("memory.available_bytes", bytes)));
    }
    if let Some(counters) = tree
        .open("proc/vmstat")
        .and_then(|file| VmStat::from_read(file).ok())
    {
        let counter = |name: &str| {
            let counter = counters.0.get(name);
            counter.and_then(|counter| u64::try_from(*counter).ok())
        };
        let page = u64::try_from(rustix::param::page_size()).unwrap_or_default();
        for (name, metric, of_each) in [
            ("pswpin", "memory.swapped_in_bytes", page),
            ("pswpout", "memory.swapped_out_bytes", page),
            ("oom_kill", "memory.oom_kills", 1),
        ] {
            let counted = counter(name).map(|counter| counter.saturating_mul(of_each));
            samples.extend(counted.map(|counted| HostSample::one(metric, number(counted))));
        }
    }
    samples
}
