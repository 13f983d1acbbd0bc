//! Runs one of Cassandra's tools on the node.
//!
//! The picture to keep in mind: an order names a tool of `ringkeeper-tools` and values; [`ToolRuns::run`] decides how much
//! of it is done (all, a dry run, or nothing but showing it), prepares the ground (a copy of SSTables by hard links, or the
//! certainty that the node is stopped), and starts one child process: Java itself, with a list of words, an environment
//! that holds nothing of the agent's, a folder of its own and Cassandra's user. There is no shell anywhere, not even
//! Cassandra's own scripts. What it printed is passed on while it runs, cut where it is too much, and kept for a while.

mod child;
mod copy;
mod error;
mod found;
mod installation;
mod kept;
mod leftovers;
mod order;
mod report;
mod runs;
mod user;
mod words;
mod work;
mod yaml;

pub use child::{Piece, Printed, Stream};
pub use error::RunError;
pub use found::Found;
pub use installation::Installation;
pub use kept::Limits;
pub use leftovers::end_leftovers;
pub use order::{Intent, Manner, Order};
pub use report::{Ended, Report};
pub use runs::{Jmx, ToolRuns, ToolSettings};
