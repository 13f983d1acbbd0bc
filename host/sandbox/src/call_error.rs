//! Why a call has no answer.

use std::time::Duration;

use thiserror::Error;

use crate::schema::SchemaMismatches;
use crate::text;

/// Why a call has no answer. All of these are the plugin's doing, except [`CallError::Request`] (the caller's),
/// [`CallError::Held`] and [`CallError::Host`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// The request does not fit what the plugin says of itself; it was not called.
    #[error("the request was not passed on: {0}")]
    Request(#[from] RequestError),
    /// It went over a limit and was ended.
    #[error("{exceeded}{}", last_words(.last_error.as_deref()))]
    Limit {
        /// Which limit.
        exceeded: LimitExceeded,
        /// What it last wrote as an error.
        last_error: Option<String>,
    },
    /// It crashed.
    #[error("crashed: {trap}{}", last_words(.last_error.as_deref()))]
    Trapped {
        /// The kind of crash, in the words of the WebAssembly specification.
        trap: String,
        /// What it last wrote as an error; for a panic, its text and line.
        last_error: Option<String>,
    },
    /// It answered something the contract does not allow.
    #[error("invalid answer: {0}")]
    InvalidAnswer(#[from] InvalidAnswer),
    /// It was not called, as it broke a moment ago.
    #[error("not called: {0}")]
    Held(String),
    /// The host itself failed.
    #[error("the host could not carry out the call: {0}")]
    Host(String),
}

fn last_words(last_error: Option<&str>) -> String {
    last_error
        .map(|text| format!("; its last error: {text}"))
        .unwrap_or_default()
}

/// Why a request is not passed to the plugin.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The plugin has no such operation.
    #[error("plugin `{plugin}` has no operation `{operation}`; it has {}", known.join(", "))]
    Operation {
        /// The plugin.
        plugin: String,
        /// What was asked for.
        operation: String,
        /// What it has.
        known: Vec<String>,
    },
    /// The parameters do not fit the operation's schema.
    #[error("parameters: {0}")]
    Parameters(SchemaMismatches),
    /// The settings do not fit the plugin's schema.
    #[error("settings: {0}")]
    Settings(SchemaMismatches),
}

/// Which limit a call went over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LimitExceeded {
    /// Time to compute.
    #[error("used up its {limit:?} of CPU time")]
    CpuTime {
        /// What it had.
        limit: Duration,
    },
    /// Time from beginning to end.
    #[error("did not end within {limit:?}")]
    WallTime {
        /// What it had.
        limit: Duration,
    },
    /// Memory and tables together.
    #[error("wanted {} of memory; the limit is {}", text::bytes(*.wanted_bytes), text::bytes(*.limit_bytes))]
    Memory {
        /// What it would have had.
        wanted_bytes: u64,
        /// What it may have.
        limit_bytes: u64,
    },
    /// The call stack.
    #[error("called itself too deeply: its stack has {}", text::bytes(*.limit_bytes))]
    Stack {
        /// What it has.
        limit_bytes: u64,
    },
    /// Handles held at once.
    #[error("held more than {limit} handles at once")]
    Handles {
        /// How many it may hold.
        limit: u32,
    },
    /// Bytes handed to the host.
    #[error("handed more than {} to the host", text::bytes(*.limit_bytes))]
    HostCallBytes {
        /// What it may hand over.
        limit_bytes: u64,
    },
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{field}` {reason}")]
pub struct InvalidAnswer {
    /// Where, e.g. `findings[3].key`.
    pub field: String,
    /// What is wrong, as a fragment that follows the field's name.
    pub reason: String,
}

impl InvalidAnswer {
    /// Something wrong with this field.
    pub(crate) fn new(field: &str, reason: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            reason: reason.into(),
        }
    }

    /// The same, seen from the value that holds the field's owner.
    pub(crate) fn inside(self, outer: &str) -> Self {
        let dot = if self.field.is_empty() { "" } else { "." };
        Self {
            field: format!("{outer}{dot}{}", self.field),
            reason: self.reason,
        }
    }
}
