//! Runs: operations that are carried out, and go on where they were after a crash.
//!
//! The picture to keep in mind: the [`Book`] is everything the stream says about work, folded; nothing else is remembered.
//! One loop per cluster ([`driver`]) looks at the book and the newest snapshot, and decides ([`admission`], a pure
//! function) which steps start. An [`attempt`] has the plugin carry a step on, again and again, until it ends; what the
//! plugin does to the cluster goes through the gate ([`gate`], [`effects`]), and [`follow`] finds out what became of it; nodes
//! that are taken away are brought back ([`lifecycle`]). What needs a person's word waits for it ([`approving`]). Before a step starts and before each disrupting call the guard is
//! asked ([`guarding`]). When all steps have ended, [`closing`] checks what must hold against the [`ledger`], whatever the plugin said.

mod admission;
mod approval;
mod approving;
mod attempt;
mod attempts;
mod basis;
mod book;
mod cancelling;
mod closing;
mod coverage;
mod deadline;
mod digest;
mod driver;
mod effects;
mod explaining;
mod fault_points;
mod findings;
mod follow;
mod foreign;
mod gate;
mod guarded;
mod guarding;
mod ledger;
mod lifecycle;
mod mitigations;
mod opening;
mod planning_work;
mod recent;
mod replanning;
mod retention;
pub(crate) mod rows;
mod run;
mod schedules;
mod scoping;
mod starting;
mod stored;
mod tools;
mod touched;
mod turns;
mod work_state;

pub use fault_points::{FaultPoint, Faults, NoFaults, Safeguard};
pub use guarded::Guarded;
pub use mitigations::MitigationParts;
pub use schedules::ScheduleParts;

pub(crate) use book::Book;
pub(crate) use closing::count_of;
pub(crate) use coverage::coverage;
pub(crate) use findings::findings;
pub(crate) use follow::in_doubt_window;
pub(crate) use ledger::History;
pub(crate) use opening::{Planned, freeze};
pub(crate) use planning_work::PlanningWork;
pub(crate) use scoping::is_within_scope;
pub(crate) use tools::words as tool_words;
pub(crate) use work_state::WorkState;

#[cfg(test)]
mod tests;
