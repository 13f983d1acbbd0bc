//! Tools that outlived the agent that ran them.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::RunError;

/// Between two looks whether they are gone, and how many looks.
const PAUSE: Duration = Duration::from_millis(20);
const LOOKS: u32 = 500;

/// Ends every tool that an agent left running when it was killed, and waits until all are gone. A tool works in a
/// folder of its own below `folder`/work, by which it is known.
///
/// # Errors
/// When processes cannot be listed, or one of them does not end.
pub async fn end_leftovers(folder: &Path) -> Result<(), RunError> {
    let Ok(work) = folder.join("work").canonicalize() else {
        return Ok(());
    };
    for _ in 0..LOOKS {
        let left = working_below(&work).map_err(RunError::at("/proc"))?;
        if left.is_empty() {
            return Ok(());
        }
        for pid in left {
            // It may have ended this moment. A tool leads a group of its own.
            let _ = kill_process_group(pid, Signal::KILL);
            let _ = kill_process(pid, Signal::KILL);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(RunError::at(work)(io::Error::other(
        "a tool that was left running does not end",
    )))
}

fn working_below(work: &Path) -> io::Result<Vec<Pid>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let entry = entry?;
        let pid = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
            .and_then(Pid::from_raw);
        // Of processes of others it cannot be seen where they work; tools are the agent's own, or root sees them.
        let folder = fs::read_link(entry.path().join("cwd"));
        found.extend(pid.filter(|_| folder.is_ok_and(|folder| folder.starts_with(work))));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt as _;
    use std::process::{Command, Stdio};

    use super::*;

    #[tokio::test]
    async fn a_tool_that_outlived_its_agent_is_ended_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let work = folder.path().join("work/1");
        fs::create_dir_all(&work).unwrap();
        let sleep = |at: &Path| {
            let mut command = Command::new("/bin/sleep");
            command
                .arg("600")
                .current_dir(at)
                .stdout(Stdio::null())
                .process_group(0);
            command.spawn().unwrap()
        };
        let (mut left, mut other) = (sleep(&work), sleep(folder.path()));
        // A child that is not waited for stays in the list as one without a folder.
        end_leftovers(folder.path()).await.unwrap();
        assert!(!left.wait().unwrap().success());
        assert!(other.try_wait().unwrap().is_none());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
