use std::io::{Read, Seek};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::wait::wait_until;

/// Runs a program to its end and returns what it printed.
///
/// # Errors
/// When it cannot be started, answers with a failure (the error carries its output), or outlives the deadline
/// (it is killed).
pub(crate) fn run(command: &mut Command, deadline: Duration) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    // Files instead of pipes: a program that prints a lot can never block on a full pipe.
    let mut output = tempfile::tempfile().context("no temporary file")?;
    let mut errors = tempfile::tempfile().context("no temporary file")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(errors.try_clone()?)
        .spawn()
        .with_context(|| format!("cannot run {name}"))?;
    let ended = wait_until(&format!("the end of {name}"), deadline, || Ok(child.try_wait()?));
    let status: ExitStatus = match ended {
        Ok(status) => status,
        Err(error) => {
            child.kill()?;
            child.wait()?;
            return Err(error);
        }
    };
    let printed = read_all(&mut output)?;
    if !status.success() {
        bail!("{name} failed ({status}):\n{}{}", printed, read_all(&mut errors)?);
    }
    Ok(printed)
}

fn read_all(file: &mut std::fs::File) -> Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
