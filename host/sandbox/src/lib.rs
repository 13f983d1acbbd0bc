//! Loads, checks, grants, limits and calls plugins.
//!
//! A plugin is a WebAssembly component nobody has reason to trust. Its imports are its request for capabilities, the
//! operator's [`Grants`] are the answer, and both must match before any of it runs. Then every call gets a fresh
//! instance with [`Limits`] that are always on, and leaves a [`CallReport`]: the answer, checked, or one clear
//! [`CallError`]; what it used; what it wrote. The picture to keep in mind: [`Sandbox`] turns bytes into a
//! [`Plugin`], and a plugin answers questions about the [`CallContext`] it is handed and nothing else.
//!
//! No other crate names wasmtime. The conductor calls this one; [`PluginState`] is the seam to whoever stores what
//! plugins keep.

mod answer;
mod bindings;
mod cache;
mod call;
mod call_error;
mod call_state;
mod capability;
mod compile_size;
mod descriptor;
mod engine;
#[cfg(test)]
mod fuzz;
mod grants;
mod import;
mod inspection;
mod limits;
mod load_error;
mod log_book;
mod manifest;
mod members;
mod meter;
mod plugin;
mod question;
mod runner;
mod sandbox;
mod schema;
mod state;
mod telemetry;
mod text;
mod work;

pub use call::{CallContext, CallReport, Progress};
pub use call_error::{CallError, InvalidAnswer, LimitExceeded, RequestError};
pub use capability::{Access, CAPABILITIES, Capability};
pub use grants::{GrantError, Grants};
pub use import::RefusedImport;
pub use inspection::{Digest, Inspection, inspect};
pub use limits::{Limits, Measure, Usage};
pub use load_error::LoadError;
pub use log_book::{LogLevel, LogLine};
pub use manifest::{MANIFEST_SECTION, Manifest};
pub use plugin::Plugin;
pub use sandbox::{Interruption, Sandbox, SandboxError, SandboxSettings};
pub use schema::{SchemaMismatch, SchemaMismatches};
pub use state::{MemoryState, PluginState, StateEntry, StateError, Stored};
pub use telemetry::{Reading, Telemetry, TelemetryError};
pub use text::nearest;
pub use work::{
    Criterion, Job, JobState, JobStatus, NoWork, Repaired, RunningRepair, ToolIntent, ToolWanted, Wait, Work,
    WorkError,
};
