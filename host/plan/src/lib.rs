//! What plugins say, as host values.
//!
//! The sandbox turns a plugin's answer into these; the conductor, the journal and the server pass them on. They
//! mirror `wit/types.wit` and `wit/maintenance.wit`, which say what each field means. Pure values: no I/O, no clock.

mod descriptor;
mod finding;
mod plan;

pub use descriptor::{Descriptor, Operation};
pub use finding::{Evidence, Finding, Owner, Severity, Subject};
pub use plan::{
    Attempt, Cause, Deadline, Failure, Fault, Goal, Impact, Outcome, Plan, Refusal, Request, Step,
};
