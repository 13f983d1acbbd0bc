//! The process that owns a lab between `up` and `down`.

use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use ringkeeper_lab::{Lab, LabSettings};

use super::state::{State, folder};
use crate::configuration;

/// Starts the lab, makes it known, and lives until it is told to end. The nodes cannot outlive it.
pub(crate) fn keep(settings: LabSettings) -> Result<ExitCode> {
    let lab = Lab::start(LabSettings {
        root: Some(folder().join("cluster")),
        ..settings
    })?;
    let file = configuration::write(&folder().join("host"), "lab", &lab)?;
    // A session of its own: from now on neither Ctrl-C nor a closed terminal ends the lab.
    rustix::process::setsid()?;
    State::of(&lab, file).write()?;
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
