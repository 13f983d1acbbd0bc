//! What came of an order.

use ringkeeper_seams::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Manner, Printed};

/// What came of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id; ids sort as runs began.
    pub id: String,
    /// The tool.
    pub tool: String,
    /// Its words, without how the node is reached.
    pub words: Vec<String>,
    /// How much of it was done.
    pub manner: Manner,
    /// What it can break.
    pub risks: Vec<String>,
    /// How it ended.
    pub ended: Ended,
    /// How much it printed.
    pub output: Printed,
    /// How much it complained.
    pub complaints: Printed,
    /// When it began.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// How a tool ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// It was not run.
    NotRun,
    /// With this code; 0 is well.
    Code(i32),
    /// Something else ended it, by this signal.
    Signal(i32),
    /// It took too long and was ended. What nodetool began on the node may go on.
    TimedOut,
}
