//! Runs the real host on simulated clusters, under virtual time, while things go wrong.
//!
//! Everything between the seams is the code that runs in production: observer, sandbox, plugins, conductor, guard. Below
//! stands a [`ringkeeper_sim::SimCluster`], beside it a journal in memory, and time passes only when everybody waits. The
//! picture to keep in mind: a [`Scenario`](ringkeeper_config::Scenario) says what there is and what may go wrong; a seed
//! draws from it one concrete list of faults ([`PlannedFault`]); a **story** plays that list against a host, first
//! chaos, then healing; small **checkers** read the one log of everything that happens ([`Line`]) and name the
//! first thing that must never happen ([`Violation`]); goals must be reached in the end. The same seed tells the
//! same story, byte by byte, and a failing one is made smaller by leaving out faults ([`shrink`]).

mod approver;
mod atlas;
mod checkers;
mod draw;
mod gate;
mod goals;
mod host;
mod live;
mod log;
mod mutation;
mod nemesis;
mod outcome;
mod places;
mod planned;
mod report;
mod seeds;
mod shrinking;
mod story;
mod strike;
mod tap;
mod telling;
mod trace;

pub use checkers::{INVARIANTS, Violation};
pub use live::{Next, Onlooker, Stage, StageNode};
pub use log::{Entry, HostChange, Line};
pub use mutation::Mutation;
pub use outcome::{End, Outcome};
pub use planned::{PlannedFault, Strikes};
pub use report::{columns, end_in_words, reproduce};
pub use seeds::{SeedRange, SeedRangeError, SeedResult, run_seeds};
pub use shrinking::shrink;
pub use story::{Options, Story, tell, tell_live};
pub use trace::{Trace, TraceError};
