//! Why a tool cannot be run as it was asked for.

use thiserror::Error;

use crate::Line;

/// Why a tool cannot be run as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ToolError {
    /// No tool of the catalogue.
    #[error("there is no tool {name:?}{}", meant(nearest.as_deref()))]
    NoTool {
        /// What was asked for.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// A tool or parameter that this Cassandra does not have.
    #[error("{what} is there from Cassandra {since} on; this one is {line}")]
    TooNew {
        /// The tool, or the tool and its parameter.
        what: String,
        /// The first line that has it.
        since: Line,
        /// The line of the node.
        line: Line,
    },
    /// A parameter that the tool does not take.
    #[error("{tool} takes no {name:?}{}", meant(nearest.as_deref()))]
    NoParameter {
        /// The tool.
        tool: String,
        /// The parameter.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// A parameter that must be there.
    #[error("{tool} needs {name}")]
    Missing {
        /// The tool.
        tool: String,
        /// The parameter.
        name: String,
    },
    /// A parameter that only means something after another.
    #[error("{name} needs {needed} before it")]
    Alone {
        /// The parameter.
        name: String,
        /// What is missing.
        needed: String,
    },
    /// More values than the tool takes.
    #[error("{name} is given {count} times; at most {most} are taken")]
    TooMany {
        /// The parameter.
        name: String,
        /// How often it was given.
        count: usize,
        /// How often it may be.
        most: usize,
    },
    /// A value that is none of its kind.
    #[error("{name} cannot be {value:?}: {reason}")]
    Value {
        /// The parameter.
        name: String,
        /// The value, cut.
        value: String,
        /// What is wrong with it.
        reason: String,
    },
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest}?"))
}
