//! Which Cassandra and which Java are installed. Only looked at.
//!
//! What runs may be another one: a package that was updated waits for the restart. What runs says Cassandra itself.

mod installed;
mod memory;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

pub use installed::InstalledReleases;
pub use memory::MemoryReleases;

use std::path::PathBuf;

use crate::DriverError;

/// A Cassandra on this machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CassandraRelease {
    /// Its version.
    pub version: String,
    /// The folder with its jar.
    pub home: PathBuf,
}

/// A Java on this machine.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JavaRelease {
    /// Its version: `17.0.15`, `1.8.0_442`.
    pub version: String,
    /// Who made it, where it says so.
    pub implementor: Option<String>,
    /// Its home.
    pub home: PathBuf,
}

/// What is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Releases {
    /// All Cassandras that were found, by version as text.
    pub cassandra: Vec<CassandraRelease>,
    /// All Javas that were found, likewise.
    pub java: Vec<JavaRelease>,
}

/// What is installed on a machine. A call may wait for disks: make it where work may block.
pub trait InstalledSoftware: std::fmt::Debug + Send + Sync {
    /// What is installed.
    ///
    /// # Errors
    /// When a folder that should tell cannot be read. One that is not there has nothing to tell.
    fn releases(&self) -> Result<Releases, DriverError>;
}
