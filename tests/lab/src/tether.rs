use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

use crate::java::remove_stray_variables;
use crate::wait::wait_until;

/// Starts the program given as arguments, prints its process id, and kills it when its own standard input ends.
///
/// It does not wait for the program while that runs: an ended program stays a zombie, and its process id cannot
/// go to a stranger before the tether is dropped.
const SCRIPT: &str = r#"
log=$1; shift
"$@" </dev/null >>"$log" 2>&1 &
child=$!
echo "$child"
exec >/dev/null
read -r _
kill -9 "$child"
wait "$child"
"#;

/// A process that cannot outlive the one that started it. Dropping it kills the process.
///
/// Its shell holds the read end of a pipe whose only write end is here. Whatever ends this process, a kill -9
/// included, closes the pipe. (The kernel's own parent-death signal is bound to the *thread* that started the
/// child, which in a test is gone long before the process is.)
#[derive(Debug)]
pub struct Tether {
    shell: Child,
    pipe: Option<ChildStdin>,
    pid: Pid,
}

impl Tether {
    /// Starts a program, given with its arguments, in a process group of its own, so that Ctrl-C in a terminal does
    /// not reach it first. What it prints is appended to the file `log`.
    ///
    /// # Errors
    /// When no process can be started. A program that does not exist shows only in the log, and as one that is not
    /// running.
    pub fn start(program: &[OsString], log: &Path) -> Result<Self> {
        let mut command = Command::new("sh");
        remove_stray_variables(&mut command);
        let mut shell = command
            .args(["-c", SCRIPT, "ringkeeper-lab"])
            .arg(log)
            .args(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot run sh")?;
        let pipe = shell.stdin.take();
        let mut line = String::new();
        let output = shell.stdout.take().context("the shell has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let pid = line.trim().parse().ok().and_then(Pid::from_raw);
        let pid = pid.with_context(|| format!("the shell did not start the program: {line:?}"))?;
        Ok(Self { shell, pipe, pid })
    }

    /// The process id of the program itself.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Whether the program has not ended. A paused one is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        // The state follows the name, which stands in parentheses and may itself contain some.
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        !matches!(state, None | Some('Z' | 'X'))
    }

    /// Asks the program to end (SIGTERM) and waits for it. Nothing happens when it has ended already.
    ///
    /// # Errors
    /// When it does not end within `deadline`. It is killed then.
    pub fn stop(self, deadline: Duration) -> Result<()> {
        if !self.is_running() {
            return Ok(());
        }
        self.signal(Signal::TERM)?;
        // A paused process would never get to see it.
        self.signal(Signal::CONT)?;
        let what = format!("the end of process {}", self.pid());
        wait_until(&what, deadline, || Ok((!self.is_running()).then_some(())))
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.pid, signal).with_context(|| format!("cannot signal process {}", self.pid()))
    }
}

impl Drop for Tether {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // The shell kills without mercy, so this ends at once; there is nobody to tell if it does not.
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;
    use std::time::Duration;

    use rustix::process::Signal;

    use super::Tether;
    use crate::wait::wait_until;

    fn sleeper() -> Tether {
        let program = ["sleep", "600"].map(OsString::from);
        Tether::start(&program, Path::new("/dev/null")).unwrap()
    }

    fn exists(pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}")).exists()
    }

    #[test]
    fn a_dropped_tether_takes_its_process_along() {
        let tether = sleeper();
        let pid = tether.pid();
        assert!(tether.is_running());
        drop(tether);
        assert!(!exists(pid));
    }

    #[test]
    fn a_paused_process_is_taken_along_too() {
        let tether = sleeper();
        let pid = tether.pid();
        tether.signal(Signal::STOP).unwrap();
        drop(tether);
        assert!(!exists(pid));
    }

    #[test]
    fn an_ended_process_is_not_running() {
        let tether = sleeper();
        tether.signal(Signal::TERM).unwrap();
        wait_until("its end", Duration::from_secs(10), || {
            Ok((!tether.is_running()).then_some(()))
        })
        .unwrap();
        assert!(exists(tether.pid()), "the process id is kept from strangers");
    }

    #[test]
    fn a_paused_process_can_be_stopped() {
        let tether = sleeper();
        tether.signal(Signal::STOP).unwrap();
        tether.stop(Duration::from_secs(10)).unwrap();
    }
}
