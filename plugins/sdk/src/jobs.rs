//! Long work that goes on without the plugin.

use crate::Error;

pub use crate::bindings::ringkeeper::maintenance::jobs::{Job, State, find};

/// A job as the host keeps it, copied: the handle is not needed any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its id, to be waited for.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// The host's words; empty while it runs.
    pub message: String,
}

/// How a job stands.
///
/// # Errors
/// Those of the interface.
pub fn standing(job: &Job) -> Result<Standing, Error> {
    Ok(Standing {
        id: job.id(),
        state: job.state()?,
        message: job.message()?,
    })
}
