//! Cassandra's own tools, run beside a node: the seam to whoever runs them.

use std::fmt;

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Order, ProcessPlace};

/// Runs tools beside nodes. A tool that was begun goes on without whoever asked for it, and what came of it is kept under
/// the number of its order. No call waits for the end of a tool.
#[async_trait]
pub trait ToolDriver: fmt::Debug + Send + Sync {
    /// Begins a tool, and answers how it stands. The same order again, by its number, begins nothing.
    ///
    /// # Errors
    /// When it was not begun, or nobody can tell.
    async fn begin(
        &self,
        node: &ProcessPlace,
        order: &Order,
        call: &ToolCall,
    ) -> Result<ToolState, ToolError>;

    /// How the tool of an order stands.
    ///
    /// # Errors
    /// When nobody can tell.
    async fn state(&self, node: &ProcessPlace, order: &Order) -> Result<ToolState, ToolError>;

    /// What the tool of an order printed to a stream, from a byte on: a bounded piece of it, empty where there is no more yet.
    ///
    /// # Errors
    /// When it is not kept, or nobody can be asked.
    async fn printed(
        &self,
        node: &ProcessPlace,
        number: u64,
        stream: ToolStream,
        from: u64,
    ) -> Result<ToolPiece, ToolError>;
}

/// A tool to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool, by its name in the catalogue.
    pub tool: String,
    /// Names and values of its parameters; a name may come several times.
    pub values: Vec<(String, String)>,
    /// Whether it only says what it would do.
    pub dry_run: bool,
}

/// How a tool stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ToolState {
    /// Nobody there has heard of the order.
    Unknown,
    /// It runs.
    Running,
    /// It ended.
    Ended {
        /// What came of it.
        report: ToolReport,
    },
    /// It was not run.
    Refused {
        /// Why not, and what to do.
        message: String,
    },
}

/// What came of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolReport {
    /// Its words, without how the node is reached.
    pub words: Vec<String>,
    /// How it ended.
    pub ended: ToolEnd,
    /// Bytes that it printed to its standard output.
    pub output_bytes: u64,
    /// Bytes that it printed to its standard error.
    pub complaint_bytes: u64,
    /// Whether not all of that is kept.
    pub is_cut: bool,
    /// When it began, by the clock beside the node.
    pub began_at: Timestamp,
    /// When it ended, by the same.
    pub ended_at: Timestamp,
}

/// How a tool ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolEnd {
    /// It cannot say what it would do: only its words were made.
    Shown,
    /// With this code; 0 is well.
    Code(i32),
    /// A signal ended it.
    Signal(i32),
    /// It took too long and was ended. What nodetool began on the node may go on.
    TimedOut,
    /// It ran when whoever ran it ended, and was ended with it. What it did until then is done.
    BrokenOff,
}

impl ToolReport {
    /// Whether it did what it was to do.
    #[must_use]
    pub const fn is_well(&self) -> bool {
        matches!(self.ended, ToolEnd::Shown | ToolEnd::Code(0))
    }
}

/// What came of it in a sentence.
impl fmt::Display for ToolReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ended {
            ToolEnd::Shown => return write!(f, "it would be run as: {}", self.words.join(" ")),
            ToolEnd::Code(code) => write!(f, "it ended with {code}")?,
            ToolEnd::Signal(signal) => write!(f, "it was ended by signal {signal}")?,
            ToolEnd::TimedOut => f.write_str("it took too long and was ended")?,
            ToolEnd::BrokenOff => f.write_str("the agent ended while it ran, and it with the agent")?,
        }
        let seconds = self.ended_at.since(self.began_at).as_secs();
        write!(
            f,
            " after {seconds} s, having printed {} bytes and {} to standard error",
            self.output_bytes, self.complaint_bytes
        )?;
        match self.is_cut {
            true => f.write_str(", not all of them kept"),
            false => Ok(()),
        }
    }
}

/// Where a tool prints to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ToolStream {
    /// Its standard output.
    Output,
    /// Its standard error.
    Complaints,
}

/// A piece of what a tool printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolPiece {
    /// The text; what is no UTF-8 in it is replaced.
    pub text: String,
    /// The byte that the next piece begins with.
    pub next: u64,
    /// Whether the tool has ended and nothing follows.
    pub is_last: bool,
}

/// Why a driver could not do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{message}")]
pub struct ToolError {
    /// What kind of reason.
    pub kind: ToolErrorKind,
    /// What was tried and what came of it.
    pub message: String,
}

/// Kinds of reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolErrorKind {
    /// Nothing runs tools beside this node.
    Unsupported,
    /// Whoever runs them there refuses, and will refuse the same again. Nothing was begun.
    Refused,
    /// Not now. Nothing was begun.
    Unavailable,
    /// The answer was lost; it may or may not have been begun.
    Lost,
}

/// Where nothing runs tools: every call answers [`ToolErrorKind::Unsupported`] with the cure.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTools;

impl NoTools {
    fn refuse<T>(node: &ProcessPlace) -> Result<T, ToolError> {
        Err(ToolError {
            kind: ToolErrorKind::Unsupported,
            message: format!(
                "{}: nothing runs tools there: run an agent beside each node and set [cluster.agents]",
                node.endpoint
            ),
        })
    }
}

#[async_trait]
impl ToolDriver for NoTools {
    async fn begin(&self, node: &ProcessPlace, _: &Order, _: &ToolCall) -> Result<ToolState, ToolError> {
        Self::refuse(node)
    }

    async fn state(&self, node: &ProcessPlace, _: &Order) -> Result<ToolState, ToolError> {
        Self::refuse(node)
    }

    async fn printed(
        &self,
        node: &ProcessPlace,
        _: u64,
        _: ToolStream,
        _: u64,
    ) -> Result<ToolPiece, ToolError> {
        Self::refuse(node)
    }
}
