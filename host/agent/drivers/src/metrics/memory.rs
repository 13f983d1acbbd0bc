//! Host metrics in memory.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{Directories, HostMetrics, HostSample};
use crate::DriverError;

/// A machine that is as it was told.
#[derive(Debug, Default)]
pub struct MemoryMetrics {
    samples: Mutex<Vec<HostSample>>,
}

impl MemoryMetrics {
    /// Says how the machine is from now on.
    pub fn set(&self, samples: Vec<HostSample>) {
        *self.samples.lock().unwrap_or_else(PoisonError::into_inner) = samples;
    }
}

#[async_trait]
impl HostMetrics for MemoryMetrics {
    async fn read(&self, _: &Directories) -> Result<Vec<HostSample>, DriverError> {
        let samples = self
            .samples
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if samples.is_empty() {
            return Err(DriverError::Missing("machine".to_owned()));
        }
        Ok(samples)
    }
}
