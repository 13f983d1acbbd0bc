//! Packages of the operating system: what could be updated, and whether the machine waits for a restart. Only looked at.

mod apt;
mod memory;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

pub use apt::Apt;
pub use memory::MemoryPackages;

use async_trait::async_trait;

use crate::DriverError;

/// A package that could be updated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Update {
    /// Its name.
    pub package: String,
    /// The version that is installed; none where the update brings a package that is not there yet.
    pub installed: Option<String>,
    /// The version that it would have.
    pub candidate: String,
    /// Whether it comes from where security updates come from.
    pub is_security: bool,
}

/// That the machine waits for a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RebootRequired {
    /// Packages that ask for it, where they say so.
    pub packages: Vec<String>,
}

/// The packages of one machine.
#[async_trait]
pub trait Packages: std::fmt::Debug + Send + Sync {
    /// What could be updated, by name, as far as the machine knows: nothing is fetched.
    ///
    /// # Errors
    /// When the package system does not answer, or says what is not understood.
    async fn updates(&self) -> Result<Vec<Update>, DriverError>;

    /// Whether the machine waits for a restart.
    ///
    /// # Errors
    /// When that cannot be seen.
    async fn reboot_required(&self) -> Result<Option<RebootRequired>, DriverError>;
}
