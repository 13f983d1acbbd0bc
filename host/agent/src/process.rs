//! Watches whether Cassandra runs: since when, how often it was started, whether it ended by itself.
//!
//! It is looked at every two seconds, by the kernel's word alone, so that a start that fails at once is counted too. What
//! was seen stands in the state directory: a dead Cassandra tells nobody where its files were, and an agent that was
//! restarted still knows.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringkeeper_drivers::metrics::Directories;
use ringkeeper_jvm::{Cassandras, ProcessKey, Seen};
use ringkeeper_seams::{Clock, Runtime, Timestamp};
use serde::{Deserialize, Serialize};

use crate::orders::Orders;
use crate::state::write_whole;

/// How often it is looked at.
const LOOKS_EVERY: Duration = Duration::from_secs(2);
/// For how long starts are counted.
const COUNTED: Duration = Duration::from_secs(3_600);
/// More starts than anybody needs to know of.
const MOST_STARTS: usize = 1_000;

/// How the process stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) is_running: bool,
    /// For how long that has been so, as far as was seen.
    pub(crate) lasts: Duration,
    pub(crate) starts_last_hour: usize,
    /// Whether its host had it stopped. Not that nobody else did.
    pub(crate) is_stopped_by_host: bool,
    /// While it runs, whether what it was started from was replaced; none where nobody can tell.
    pub(crate) is_replaced: Option<bool>,
}

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The one that ran when it was last looked.
    process: Option<(u32, u64)>,
    /// Since when it runs, or does not.
    since: Option<Timestamp>,
    starts: Vec<Timestamp>,
    /// The last order that was heard before it began.
    order_before: Option<u64>,
    is_stopped_by_host: bool,
    /// Where its files are, and where those of the one before were: what was configured away is forgotten in time.
    files: Files,
    files_before: Files,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Files {
    data: BTreeSet<PathBuf>,
    commitlog: BTreeSet<PathBuf>,
    logs: Option<PathBuf>,
}

#[derive(Debug, Default)]
struct Known {
    kept: Kept,
    /// Whether it could be told at the last look whether one runs.
    is_known: bool,
    /// Whether what it was started from was replaced, when that was last looked at.
    is_replaced: Option<bool>,
    /// Why not, so that it is said once.
    said: Option<String>,
}

/// Watches the node's Cassandra.
#[derive(Debug)]
pub(crate) struct Watcher {
    file: PathBuf,
    cassandras: Arc<dyn Cassandras>,
    orders: Arc<Orders>,
    clock: Arc<dyn Clock>,
    runtime: Runtime,
    known: Mutex<Known>,
    /// Held through a look, so that two of them do not both count one start.
    looking: Mutex<()>,
}

/// The file with what was seen.
pub(crate) fn file_in(state: &Path) -> PathBuf {
    state.join("process.json")
}

impl Watcher {
    /// Goes on from what was seen before. A file that cannot be read is as none: all of it is seen again.
    pub(crate) fn new(
        state: &Path,
        cassandras: Arc<dyn Cassandras>,
        orders: Arc<Orders>,
        clock: Arc<dyn Clock>,
        runtime: Runtime,
    ) -> Self {
        let file = file_in(state);
        let kept = std::fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self {
            file,
            cassandras,
            orders,
            clock,
            runtime,
            known: Mutex::new(Known {
                kept: kept.unwrap_or_default(),
                ..Known::default()
            }),
            looking: Mutex::default(),
        }
    }

    /// Watches for as long as it is waited for.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut beats = tokio::time::interval(LOOKS_EVERY);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            let own = Arc::clone(&self);
            if let Err(error) = self.runtime.blocking(move || own.look()).await {
                tracing::error!(%error, "looking for Cassandra failed");
            }
        }
    }

    /// Looks once.
    pub(crate) fn look(&self) {
        let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.lock().kept.process.map(key);
        // One that goes on costs the look at one process, not at all of them.
        let still = before.filter(|process| self.cassandras.is_there(*process));
        let found = match still {
            Some(process) => Ok(Some(process)),
            None => self.cassandras.running(),
        };
        let found = match found {
            Ok(found) => found,
            Err(problem) => return self.not_known(&problem.to_string()),
        };
        let seen = found
            .filter(|_| still.is_none())
            .and_then(|process| self.cassandras.look(process).ok());
        let now = self.clock.now();
        let mut known = self.lock();
        (known.is_known, known.said) = (true, None);
        let before = known.kept.clone();
        match found {
            Some(process) if still.is_none() => self.note_start(&mut known.kept, process, seen, now),
            None if before.process.is_some() || before.since.is_none() => {
                self.note_end(&mut known.kept, now);
            }
            _ => {}
        }
        self.keep_changed(&before, &known.kept);
    }

    /// Where its files are, looked at anew while it runs.
    pub(crate) fn directories(&self) -> Directories {
        let process = self.lock().kept.process.map(key);
        let seen = process.and_then(|process| self.cassandras.look(process).ok());
        let mut known = self.lock();
        let before = known.kept.clone();
        known.is_replaced = seen.as_ref().and_then(|seen| seen.is_replaced);
        if let Some(seen) = seen {
            known.kept.files.note(seen);
        }
        self.keep_changed(&before, &known.kept);
        let Kept {
            files, files_before, ..
        } = &known.kept;
        Directories {
            data: files.data.union(&files_before.data).cloned().collect(),
            commitlog: files.commitlog.union(&files_before.commitlog).cloned().collect(),
        }
    }

    /// Where it writes its log, or did when it last ran; none where it never said.
    pub(crate) fn log_directory(&self) -> Option<PathBuf> {
        let known = self.lock();
        let Kept {
            files, files_before, ..
        } = &known.kept;
        files.logs.as_ref().or(files_before.logs.as_ref()).cloned()
    }

    /// The process that runs, and what is seen of it; none where none does.
    pub(crate) async fn seen(self: &Arc<Self>) -> Option<(ProcessKey, Seen)> {
        let own = Arc::clone(self);
        let look = move || {
            let process = own.lock().kept.process.map(key)?;
            Some((process, own.cassandras.look(process).ok()?))
        };
        self.runtime.blocking(look).await.ok().flatten()
    }

    /// How it stands; none where nobody can tell whether one runs.
    pub(crate) fn standing(&self) -> Option<Standing> {
        let now = self.clock.now();
        let known = self.lock();
        let kept = &known.kept;
        let starts = kept.starts.iter().filter(|at| now.since(**at) < COUNTED);
        known.is_known.then(|| Standing {
            is_running: kept.process.is_some(),
            lasts: kept.since.map_or(Duration::ZERO, |since| now.since(since)),
            starts_last_hour: starts.count(),
            is_stopped_by_host: kept.process.is_none() && kept.is_stopped_by_host,
            is_replaced: known.is_replaced.filter(|_| kept.process.is_some()),
        })
    }

    fn note_start(&self, kept: &mut Kept, process: ProcessKey, seen: Option<Seen>, now: Timestamp) {
        let age = seen.as_ref().map_or(Duration::ZERO, |seen| seen.age);
        let millis = i64::try_from(age.as_millis()).unwrap_or(0);
        let began = Timestamp::from_millis(now.as_millis().saturating_sub(millis));
        kept.process = Some((process.pid, process.started));
        kept.since = Some(began);
        kept.starts.retain(|at| now.since(*at) < COUNTED);
        if now.since(began) < COUNTED && kept.starts.len() < MOST_STARTS {
            kept.starts.push(began);
        }
        kept.order_before = self.orders.last_number();
        kept.is_stopped_by_host = false;
        if kept.files != Files::default() {
            kept.files_before = std::mem::take(&mut kept.files);
        }
        kept.files.note(seen.unwrap_or_default());
        tracing::info!(pid = process.pid, "Cassandra runs");
    }

    fn note_end(&self, kept: &mut Kept, now: Timestamp) {
        let was_seen = kept.process.is_some();
        kept.process = None;
        kept.since = Some(now);
        kept.is_stopped_by_host = self.orders.stopped_since(kept.order_before);
        if was_seen {
            tracing::info!(by_host = kept.is_stopped_by_host, "Cassandra has ended");
        }
    }

    fn not_known(&self, why: &str) {
        let mut known = self.lock();
        known.is_known = false;
        if known.said.as_deref() != Some(why) {
            tracing::warn!("it cannot be told whether Cassandra runs: {why}");
            known.said = Some(why.to_owned());
        }
    }

    /// What cannot be written is seen again.
    fn keep_changed(&self, before: &Kept, kept: &Kept) {
        if before == kept {
            return;
        }
        let bytes = serde_json::to_vec(kept).unwrap_or_default();
        if let Err(error) = write_whole(&self.file, &bytes) {
            tracing::warn!("cannot write {}: {error}", self.file.display());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn key((pid, started): (u32, u64)) -> ProcessKey {
    ProcessKey { pid, started }
}

impl Files {
    /// What is open changes; a directory in which nothing is open just now is one still.
    fn note(&mut self, seen: Seen) {
        self.data.extend(seen.data);
        self.commitlog.extend(seen.commitlog);
        self.logs = seen.logs.or(self.logs.take());
    }
}

#[cfg(test)]
mod tests;
