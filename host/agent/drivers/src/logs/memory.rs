//! A log in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{LogQuestion, LogTail, SystemLog, pick};
use crate::DriverError;

/// A log as it was written, file by file.
#[derive(Debug, Default)]
pub struct MemoryLog {
    /// The current file is the last one.
    files: Mutex<Vec<String>>,
}

impl MemoryLog {
    /// Adds to the current file.
    pub fn write(&self, text: &str) {
        let mut files = self.lock();
        match files.last_mut() {
            Some(current) => current.push_str(text),
            None => files.push(text.to_owned()),
        }
    }

    /// Begins a new file.
    pub fn rotate(&self) {
        self.lock().push(String::new());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SystemLog for MemoryLog {
    fn tail(&self, question: LogQuestion) -> Result<LogTail, DriverError> {
        let files = self.lock();
        if files.is_empty() {
            return Err(DriverError::Missing("log".to_owned()));
        }
        let mut files = files.iter().rev();
        pick(question, |may_read| {
            Ok(files.next().map(|text| {
                let start = text.len().saturating_sub(may_read);
                let end = text.as_bytes().get(start..).unwrap_or_default();
                (String::from_utf8_lossy(end).into_owned(), start == 0)
            }))
        })
    }
}
