//! Programs of the machine that only tell something.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::DriverError;

/// How much of an answer is read.
const LONGEST: u64 = 8 * 1024 * 1024;
/// How many letters of a complaint are repeated.
const SHOWN_LETTERS: usize = 200;

/// What a program prints when it ends well. It gets no input, speaks English, and is ended when `within` passes or nobody
/// waits for it any more.
pub(crate) async fn printed(
    program: &Path,
    arguments: &[&str],
    within: Duration,
) -> Result<String, DriverError> {
    let name = || program.display().to_string();
    let failed = |reason: String| DriverError::Program {
        program: name(),
        reason,
    };
    let mut child = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    let (Some(output), Some(complaints)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(failed("has no output".to_owned()));
    };
    let (mut printed, mut complained) = (Vec::new(), Vec::new());
    let mut output = output.take(LONGEST);
    let mut complaints = complaints.take(LONGEST);
    let ended = tokio::time::timeout(within, async {
        tokio::try_join!(
            output.read_to_end(&mut printed),
            complaints.read_to_end(&mut complained)
        )?;
        child.wait().await
    });
    let status = match ended.await {
        Ok(status) => status.map_err(|error| failed(error.to_string()))?,
        Err(_) => {
            return Err(DriverError::TimedOut {
                program: name(),
                within,
            });
        }
    };
    if !status.success() {
        let words = String::from_utf8_lossy(&complained);
        let words: String = words
            .lines()
            .next_back()
            .unwrap_or_default()
            .chars()
            .take(SHOWN_LETTERS)
            .collect();
        return Err(failed(format!("ended with {status}: {words}")));
    }
    Ok(String::from_utf8_lossy(&printed).into_owned())
}
