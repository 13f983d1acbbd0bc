//! The attach protocol of HotSpot: how a JVM is asked to load an agent.
//!
//! A JVM that was never attached to listens to nobody. A file `.attach_pidN` in its `/tmp` and a SIGQUIT make it open the
//! socket `.java_pidN` there, to which whoever is of its user and group may write one command. `N` is its process id
//! as it counts itself, and `/tmp` is the one that it sees. Documented nowhere but in OpenJDK's `attachListener_posix.cpp`.

mod answer;
mod socket;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_seams::{Clock, Runtime};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::error::Problem;
use crate::proc::{Proc, Process};
use socket::{Door, Line};

/// How often it is looked whether the JVM opened its socket.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest argument that a JVM takes (`arg_length_max`).
const LONGEST: usize = 1024;

/// A JVM, and how it is attached to.
#[derive(Debug)]
pub(crate) struct Attach<'a> {
    pub(crate) proc: &'a Proc,
    pub(crate) process: &'a Process,
    pub(crate) runtime: &'a Runtime,
    pub(crate) clock: &'a Arc<dyn Clock>,
    pub(crate) within: Duration,
}

impl Attach<'_> {
    /// Has the JVM load a Java agent with these options.
    pub(crate) async fn load(&self, jar: &Path, options: &str) -> Result<(), Problem> {
        let argument = argument(jar, options)?;
        self.may_be_attached_to()?;
        let line = self.connect().await?;
        let (pid, within) = (self.process.key.pid, self.within);
        let asked = self
            .runtime
            .blocking(move || line.ask(&["load", "instrument", "false", &argument], within));
        let answer = asked
            .await
            .map_err(|error| Problem::machine("attaching")(std::io::Error::other(error.to_string())))?;
        answer::judge(pid, within, answer)
    }

    /// Whether SIGQUIT does what it should: on anything else than a JVM that listens to it, it does harm.
    fn may_be_attached_to(&self) -> Result<(), Problem> {
        let pid = self.process.key.pid;
        if self.proc.is_jvm(pid) == Some(false) {
            return Err(Problem::NoJvm { pid });
        }
        let switches = self.process.arguments.iter().rev();
        let is_disabled = switches
            .filter_map(|argument| argument.strip_prefix("-XX:"))
            .find(|option| option.ends_with("DisableAttachMechanism"))
            .is_some_and(|option| option.starts_with('+'));
        if is_disabled {
            return Err(Problem::Disabled { pid });
        }
        if !self.process.catches_quit {
            return Err(Problem::Deaf { pid });
        }
        Ok(())
    }

    async fn connect(&self) -> Result<Line, Problem> {
        let door = Door::of(self.proc, self.process)?;
        if let Some(line) = door.try_connect()? {
            return Ok(line);
        }
        let _trigger = door.trigger()?;
        self.quit()?;
        let begun = self.clock.monotonic();
        loop {
            tokio::time::sleep(PAUSE).await;
            if let Some(line) = door.try_connect()? {
                return Ok(line);
            }
            let pid = self.process.key.pid;
            if !self.proc.is_there(self.process.key) {
                return Err(Problem::Ended { pid });
            }
            if self.clock.monotonic().saturating_sub(begun) >= self.within {
                let within = self.within;
                return Err(Problem::TimedOut { pid, within });
            }
        }
    }

    /// Sends SIGQUIT to this process and to none that came to its number since.
    fn quit(&self) -> Result<(), Problem> {
        let pid = self.process.key.pid;
        let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
        let handle = number
            .and_then(|number| pidfd_open(number, PidfdFlags::empty()).ok())
            .filter(|_| self.proc.is_there(self.process.key))
            .ok_or(Problem::Ended { pid })?;
        pidfd_send_signal(handle, Signal::QUIT)
            .map_err(|error| Problem::machine(format!("sending SIGQUIT to process {pid}"))(error.into()))
    }
}

/// Jar and options as a JVM takes them: it splits at the first `=`, and Jolokia its options at each `,`.
fn argument(jar: &Path, options: &str) -> Result<String, Problem> {
    let refused = || Problem::Path(jar.to_owned());
    let jar = jar
        .to_str()
        .filter(|text| !text.contains(['=', ',', '\n', '\0']))
        .ok_or_else(refused)?;
    let argument = format!("{jar}={options}");
    if argument.len() > LONGEST || argument.contains(['\n', '\0']) {
        return Err(refused());
    }
    Ok(argument)
}

#[cfg(test)]
mod tests;
