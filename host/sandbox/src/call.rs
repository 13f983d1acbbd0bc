//! A call from outside: what it is given, and what it leaves behind.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ringkeeper_cluster::Snapshot;
use tokio::sync::watch;

use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_error::CallError;
use crate::limits::Usage;
use crate::log_book::LogLine;
use crate::state::PluginState;
use crate::telemetry::Telemetry;
use crate::work::{NoWork, Work};

/// What a call may see and touch.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// Id of the run; for a plan outside any run, id of the request. Seeds the call's random numbers.
    pub run_id: String,
    /// The host's last look at the cluster; none before the first, and then reading answers unavailable.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What the plugin keeps between calls.
    pub state: Arc<dyn PluginState>,
    /// What it may do to the cluster.
    pub work: Arc<dyn Work>,
    /// Where the plugin's own numbers go.
    pub telemetry: Arc<Telemetry>,
    /// Set when the run is cancelled; the plugin may ask for it.
    pub cancelled: Arc<AtomicBool>,
    /// How far the plugin says it has come.
    pub progress: watch::Sender<Progress>,
}

impl CallContext {
    /// A call of this run with nothing cancelled, no cluster to work on, telemetry of its own and nobody watching its progress.
    #[must_use]
    pub fn new(
        run_id: impl Into<String>,
        snapshot: Option<Arc<Snapshot>>,
        state: Arc<dyn PluginState>,
    ) -> Self {
        Self {
            run_id: run_id.into(),
            snapshot,
            state,
            work: Arc::new(NoWork),
            telemetry: Arc::default(),
            cancelled: Arc::default(),
            progress: watch::Sender::default(),
        }
    }

    /// The snapshot, or the answer a plugin gets while there is none.
    pub(crate) fn snapshot(&self) -> Result<&Snapshot, Error> {
        match &self.snapshot {
            Some(snapshot) => Ok(snapshot),
            None => Err(Error::Unavailable(
                "the host has not looked at the cluster yet".into(),
            )),
        }
    }
}

/// How far a call has come, by the plugin's own word.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// From 0 to 1.
    pub fraction: f64,
    /// For a person.
    pub message: String,
}

/// What became of a call. Usage and log are there however it ended.
#[derive(Clone, Debug)]
pub struct CallReport<T> {
    /// The plugin's answer, or why there is none.
    pub result: Result<T, CallError>,
    /// What it used, to be shown beside its limits.
    pub usage: Usage,
    /// What it wrote.
    pub log: Vec<LogLine>,
}
