//! Orders of tools, each a file that is called by its number.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use ringkeeper_cluster::{Order, ToolCall, ToolState};
use ringkeeper_seams::Timestamp;
use ringkeeper_tool_runs::RunError;
use serde::{Deserialize, Serialize};

use crate::orders::write;

/// So many are kept, the newest.
const MOST: usize = 1_000;

/// An order that was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub(crate) order: Order,
    pub(crate) call: ToolCall,
    /// The id of its run, under which what it printed is kept.
    pub(crate) run: String,
    pub(crate) began_at: Timestamp,
    pub(crate) state: ToolState,
}

/// All that were heard.
#[derive(Debug)]
pub(crate) struct Kept {
    folder: PathBuf,
    heard: Mutex<BTreeMap<u64, Heard>>,
}

impl Kept {
    /// Reads those in this folder.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, RunError> {
        let at = |error| RunError::File {
            path: folder.clone(),
            error,
        };
        fs::create_dir_all(&folder).map_err(at)?;
        let mut heard = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(at)? {
            let path = entry.map_err(at)?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let read = fs::read(&path).and_then(|bytes| Ok(serde_json::from_slice::<Heard>(&bytes)?));
            let one = read.map_err(|error| RunError::File { path, error })?;
            heard.insert(one.order.number, one);
        }
        let heard = Mutex::new(heard);
        Ok(Self { folder, heard })
    }

    /// Those that run as far as is written.
    pub(crate) fn running(&self) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let running = heard.values().filter(|heard| heard.state == ToolState::Running);
        running.cloned().collect()
    }

    /// The order of this number.
    pub(crate) fn find(&self, number: u64) -> Option<Heard> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&number).cloned()
    }

    /// The last order whose call is such.
    pub(crate) fn last_that_changes(&self, changes: impl Fn(&ToolCall) -> bool) -> Option<Order> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last = heard.values().rev().filter(|heard| changes(&heard.call));
        last.next().map(|heard| heard.order.clone())
    }

    /// Writes an order down, in the place of what was written of it before, and lets go of the oldest that have ended. How it
    /// stands holds from now on, whether or not it can be written.
    pub(crate) fn write(&self, one: &Heard) -> Result<(), RunError> {
        let path = self.file(one.order.number);
        let written = write(&path, one).map_err(|error| RunError::File { path, error });
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if written.is_ok() || heard.contains_key(&one.order.number) {
            heard.insert(one.order.number, one.clone());
        }
        // The newest stays, so that its number is known for good.
        while heard.len() > MOST {
            let oldest = heard.values().find(|heard| heard.state != ToolState::Running);
            let Some(number) = oldest.map(|heard| heard.order.number) else {
                break;
            };
            heard.remove(&number);
            match fs::remove_file(self.file(number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(number, %error, "an old order of a tool cannot be removed");
                }
                _ => {}
            }
        }
        written
    }

    fn file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number:020}.json"))
    }
}
