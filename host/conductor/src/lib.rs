//! Runs operations: when, with which plugin, and what comes of it.
//!
//! The picture to keep in mind: one loop per cluster. It waits for the observer's next snapshot, writes down what changed,
//! and lets every operation that only looks ([`checks`]) look at it through the sandbox. What such a check finds is
//! compared with what is open ([`findings`]); only the transitions go to the journal. A dry run ([`dry_run`]) takes the same
//! way and leaves nothing behind. [`present`] turns what is known into the values of the API; the server
//! sends them and knows nothing else.

mod ask;
mod audit;
mod beside;
mod canonical;
mod certificates;
mod checks;
mod conductor;
mod crash_loop;
mod dry_run;
mod event_words;
mod findings;
mod names;
mod plugin_state;
mod plugins;
mod present;
mod runs;
mod stream;
mod transitions;
mod undelivered;
mod versions;
mod windows;

pub use ask::RunError;
pub use audit::audit_verdict;
pub use certificates::CertificateEnds;
pub use conductor::{ClusterParts, Conductor, Parts, PluginParts, StartError};
pub use dry_run::DryRunError;
pub use findings::HOST_OPERATION;
pub use runs::{FaultPoint, Faults, Guarded, MitigationParts, NoFaults, Safeguard, ScheduleParts};
pub use versions::VersionError;
