//! What is asked for, and how much of it is done.

use std::time::Duration;

use ringkeeper_tools::{Command, Rule, Tool};
use serde::{Deserialize, Serialize};

use crate::RunError;

/// A tool to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The tool, by its name in the catalogue.
    pub tool: String,
    /// Values of its parameters.
    pub values: Vec<(String, String)>,
    /// How it is meant.
    pub intent: Intent,
    /// How long it may take; as the settings say where nothing is said.
    pub within: Option<Duration>,
}

/// How an order is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Run it, unless it can destroy something: then only show what it would do.
    #[default]
    Careful,
    /// Only show what it would do.
    DryRun,
    /// Run it, whatever it can destroy.
    ForReal,
}

/// How much of a tool is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manner {
    /// All of it.
    Run,
    /// It says what it would do.
    DryRun,
    /// It cannot say, so that its words are shown and nothing is run.
    Shown,
}

impl Intent {
    /// How much of this call is done.
    pub(crate) fn manner(self, command: &Command) -> Manner {
        let is_done = match self {
            Self::ForReal => true,
            Self::DryRun => false,
            Self::Careful => !command.is_for_real_only(),
        };
        match (is_done, command.tool.dry_run) {
            (true, _) => Manner::Run,
            (false, []) => Manner::Shown,
            (false, _) => Manner::DryRun,
        }
    }
}

/// Whether the tool may be run at all.
pub(crate) fn may_run(tool: &Tool) -> Result<(), RunError> {
    match tool.rule {
        Rule::Freely | Rule::ForReal => Ok(()),
        Rule::Instead(operation) => Err(RunError::Instead {
            tool: tool.name,
            operation,
        }),
        Rule::Never(reason) => Err(RunError::Never {
            tool: tool.name,
            reason,
        }),
    }
}
