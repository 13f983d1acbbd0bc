//! Installed software in memory.

use std::sync::{Mutex, PoisonError};

use super::{CassandraRelease, InstalledSoftware, JavaRelease, Releases};
use crate::DriverError;

/// What was said to be installed.
#[derive(Debug, Default)]
pub struct MemoryReleases {
    releases: Mutex<Releases>,
}

impl MemoryReleases {
    /// Installs a Cassandra.
    pub fn add_cassandra(&self, release: CassandraRelease) {
        let mut releases = self.releases.lock().unwrap_or_else(PoisonError::into_inner);
        releases.cassandra.push(release);
        releases.cassandra.sort_unstable();
    }

    /// Installs a Java.
    pub fn add_java(&self, release: JavaRelease) {
        let mut releases = self.releases.lock().unwrap_or_else(PoisonError::into_inner);
        releases.java.push(release);
        releases.java.sort_unstable();
    }
}

impl InstalledSoftware for MemoryReleases {
    fn releases(&self) -> Result<Releases, DriverError> {
        Ok(self
            .releases
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }
}
