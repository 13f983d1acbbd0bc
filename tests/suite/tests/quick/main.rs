//! Integration tests that need nothing but this checkout.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod guard;
mod names;
mod repair_runs;
mod restarts;
mod routes;
mod whole_path;
