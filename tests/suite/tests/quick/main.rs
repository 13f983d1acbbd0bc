//! Integration tests that need nothing but this checkout.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod access;
mod agents;
mod approvals;
mod conformance;
mod document;
mod grants;
mod guard;
mod machines;
mod mitigations;
mod names;
mod network;
mod notifications;
mod red_team;
mod repair_runs;
mod restarts;
mod routes;
mod scopes;
mod tool_runs;
mod versions;
mod whole_path;
