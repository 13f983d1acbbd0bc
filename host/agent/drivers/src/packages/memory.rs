//! Packages in memory.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Packages, RebootRequired, Update};
use crate::DriverError;

/// Packages as they were told to be.
#[derive(Debug, Default)]
pub struct MemoryPackages {
    updates: Mutex<Vec<Update>>,
    reboot: Mutex<Option<RebootRequired>>,
}

impl MemoryPackages {
    /// Says what could be updated from now on.
    pub fn set_updates(&self, mut updates: Vec<Update>) {
        updates.sort_unstable();
        *self.updates.lock().unwrap_or_else(PoisonError::into_inner) = updates;
    }

    /// Says whether the machine waits for a restart.
    pub fn set_reboot(&self, reboot: Option<RebootRequired>) {
        *self.reboot.lock().unwrap_or_else(PoisonError::into_inner) = reboot;
    }
}

#[async_trait]
impl Packages for MemoryPackages {
    async fn updates(&self) -> Result<Vec<Update>, DriverError> {
        Ok(self
            .updates
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    async fn reboot_required(&self) -> Result<Option<RebootRequired>, DriverError> {
        Ok(self.reboot.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
