//! The commands of nodetool and the sstable tools, as values.
//!
//! The picture to keep in mind: the [`catalogue`] is a table that says of each tool what it is, what it takes, what it can
//! break and whether it may be run here; [`Tool::command`] turns names and values that a person typed into a list of
//! words for one program, or says what is wrong with them. There is never a line for a shell: a word is a word, whatever
//! is in it. Nothing here runs anything; `ringkeeper-tool-runs` does, beside the node.

mod catalogue;
mod command;
mod error;
mod kind;
mod line;
mod nearest;
mod parameter;
mod tool;
mod words;

pub use catalogue::{catalogue, find};
pub use command::{Command, Word};
pub use error::ToolError;
pub use kind::{Kind, SsTableName};
pub use line::Line;
pub use parameter::{Need, Parameter, Place};
pub use tool::{Ground, Managed, Program, Rule, Tool};

#[cfg(test)]
mod docs;
#[cfg(test)]
mod tests;
