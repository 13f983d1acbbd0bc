//! Starts and stops Cassandra by commands of the operator.
//!
//! Every house starts its services in its own way: systemd over ssh, an agent, a container platform. So the operator
//! says how, in three command lines, and this crate runs them: as they are, within a time limit and never longer than the
//! host lives, with bounded output, and without ever waiting for what a command leaves behind. The picture to keep in mind: a [`CommandDriver`]
//! fills the node's place into a [`CommandLine`], runs it as a process group of its own, and turns how it ended into
//! an answer. Whether a node is back in its ring is no concern of it.

mod driver;
mod line;
mod output;
mod place;
mod program;
mod run;

pub use driver::{CommandDriver, Commands};
pub use line::{CommandLine, CommandLineError};
pub use place::PLACEHOLDERS;
