//! The state of one call: what the functions a plugin imports work on.

use std::sync::Arc;

use ringkeeper_seams::{Clock, Draw, Timestamp};
use thiserror::Error;
use wasmtime::component::ResourceTable;

use crate::bindings::ringkeeper::maintenance::types;
use crate::call::CallContext;
use crate::capability::{Access, Capability};
use crate::log_book::LogBook;
use crate::meter::Meter;
use crate::state::StateError;
use crate::telemetry::TelemetryError;
use crate::work::WorkError;

/// Which of the plugin's functions runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It says what it is; no import answers anything that could differ.
    Describe,
    /// It plans; imports that change something answer access-denied.
    Plan,
    /// It carries a step out.
    Execute,
}

/// What lives in the store of a call, and dies with it.
pub(crate) struct CallState {
    pub(crate) phase: Phase,
    pub(crate) run_id: String,
    pub(crate) attempt: u32,
    /// When the host ends the call.
    pub(crate) deadline: Timestamp,
    /// What it may see; none while describing.
    pub(crate) context: Option<CallContext>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Draw,
    pub(crate) meter: Meter,
    pub(crate) log: LogBook,
    /// Jobs the plugin holds.
    pub(crate) jobs: ResourceTable,
}

impl CallState {
    /// Counts a call into `capability` that hands over so many bytes, and says whether it may answer now.
    pub(crate) fn enter(&mut self, capability: &Capability, bytes: usize) -> Result<&CallContext, Refused> {
        self.meter.host_call(bytes)?;
        let name = capability.name;
        match (self.phase, &self.context) {
            (Phase::Describe, _) | (_, None) => Err(types::Error::AccessDenied(format!(
                "`{name}` answers nothing while a plugin describes itself"
            ))
            .into()),
            (Phase::Plan, _) if capability.access == Access::Changes => Err(types::Error::AccessDenied(
                format!("`{name}` changes something, and a plan changes nothing"),
            )
            .into()),
            (Phase::Plan | Phase::Execute, Some(context)) => Ok(context),
        }
    }
}

/// Why a function of the host did not answer.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    /// The plugin is told.
    #[error("{0:?}")]
    Answer(types::Error),
    /// The call ends.
    #[error(transparent)]
    Trap(#[from] wasmtime::Error),
}

impl From<types::Error> for Refused {
    fn from(error: types::Error) -> Self {
        Self::Answer(error)
    }
}

impl From<StateError> for Refused {
    fn from(error: StateError) -> Self {
        let message = error.to_string();
        Self::Answer(match error {
            StateError::Conflict { .. } => types::Error::Conflict(message),
            StateError::NotFound => types::Error::NotFound(message),
            StateError::TooLarge { .. } => types::Error::Invalid(message),
            StateError::Unavailable(_) => types::Error::Unavailable(message),
        })
    }
}

impl From<WorkError> for Refused {
    fn from(error: WorkError) -> Self {
        Self::Answer(match error {
            WorkError::AccessDenied(message) => types::Error::AccessDenied(message),
            WorkError::NotFound(message) => types::Error::NotFound(message),
            WorkError::Invalid(message) => types::Error::Invalid(message),
            WorkError::Unavailable(message) => types::Error::Unavailable(message),
            WorkError::Conflict(message) => types::Error::Conflict(message),
            WorkError::Unsupported(message) => types::Error::Unsupported(message),
            WorkError::TimedOut(message) => types::Error::TimedOut(message),
            WorkError::Other(message) => types::Error::Other(message),
        })
    }
}

impl From<TelemetryError> for Refused {
    fn from(error: TelemetryError) -> Self {
        Self::Answer(types::Error::Invalid(error.to_string()))
    }
}

impl types::Host for CallState {
    fn convert_error(&mut self, refused: Refused) -> wasmtime::Result<types::Error> {
        match refused {
            Refused::Answer(error) => Ok(error),
            Refused::Trap(error) => Err(error),
        }
    }
}
