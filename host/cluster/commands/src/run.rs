//! One command, from its start to its end.

use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::pin::pin;
use std::process::ExitStatus;
use std::time::Duration;

use futures::future::{Either, select};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::output::Output;

/// Runs its arguments as they are, beside a watchman who kills them all, and itself, when the standard input ends: that is
/// a pipe whose other end only this host has, so that no command outlives a host that is killed. A shell does it because
/// it is there on every machine; it reads nothing in the arguments.
const TETHER: &str = r#"
exec 3<&0 </dev/null
{ read -r _ <&3; kill -9 -$$; } >/dev/null 2>&1 &
watchman=$!
"$@" 3<&-
code=$?
kill "$watchman" 2>/dev/null
exit "$code"
"#;
/// A shell answers this and a signal's number for what a signal ended.
const SIGNALLED: i32 = 128;
/// The highest number of a signal.
const LAST_SIGNAL: i32 = 64;
/// For how long the rest of the output is waited for once the command ended. What it left in the background may hold
/// its output open for ever.
const REST: Duration = Duration::from_millis(200);
/// For how long a killed command is waited for.
const BURIAL: Duration = Duration::from_secs(1);

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// In which way.
    pub(crate) end: End,
    /// What it printed last, on both its outputs.
    pub(crate) output: Output,
}

/// In which way a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// With this exit code.
    Code(i32),
    /// By this signal, from somebody else.
    Signal(i32),
    /// It was killed here, for it took too long.
    TimedOut,
}

/// Runs a program with its arguments in a process group of its own, which is killed when `limit` passes, the answer is
/// dropped or this process ends. What it leaves in the background when it ends by itself lives on.
///
/// # Errors
/// When it could not be run.
pub(crate) async fn run(program: &str, arguments: &[String], limit: Duration) -> io::Result<Ended> {
    let (mut child, mut printed, tether) = spawn(program, arguments)?;
    let group = Group::of(&child);
    let mut output = Output::default();
    let ended = timeout(limit, wait(&mut child, &mut printed, &mut output)).await;
    let end = match ended {
        Ok(status) => {
            group.leave();
            End::of(status?)
        }
        Err(_) => {
            drop((group, tether));
            let _ = timeout(BURIAL, child.wait()).await;
            End::TimedOut
        }
    };
    let _ = timeout(REST, read(&mut printed, &mut output)).await;
    Ok(Ended { end, output })
}

/// Also answers what holds the command to this process.
fn spawn(program: &str, arguments: &[String]) -> io::Result<(Child, Receiver, PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    let printed = Receiver::from_owned_fd(OwnedFd::from(reader))?;
    let (held, tether) = io::pipe()?;
    let child = Command::new("/bin/sh")
        .args(["-c", TETHER, "ringkeeper-command", program])
        .args(arguments)
        .stdin(held)
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0)
        .spawn()?;
    Ok((child, printed, tether))
}

/// Waits for the end of the command itself, reading meanwhile, so that it never stands still with a full pipe.
async fn wait(child: &mut Child, printed: &mut Receiver, output: &mut Output) -> io::Result<ExitStatus> {
    let ended = pin!(child.wait());
    let reading = pin!(async {
        read(printed, output).await;
        // It closed its outputs and goes on.
        std::future::pending::<()>().await;
    });
    match select(ended, reading).await {
        Either::Left((status, _)) => status,
        Either::Right(((), _)) => Err(io::Error::other("the output ended twice")),
    }
}

/// Reads until nobody holds the other end, or it cannot be read.
async fn read(printed: &mut Receiver, output: &mut Output) {
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = printed.read(&mut bytes).await {
        output.push(bytes.get(..count).unwrap_or_default());
    }
}

impl End {
    fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) if (1..=LAST_SIGNAL).contains(&(code - SIGNALLED)) => {
                Self::Signal(code - SIGNALLED)
            }
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

/// A process group whose leader was not waited for yet, so that its number can belong to nobody else. Dropping it kills
/// everyone in it.
#[derive(Debug)]
struct Group {
    leader: Option<Pid>,
}

impl Group {
    fn of(child: &Child) -> Self {
        let number = child.id().and_then(|id| i32::try_from(id).ok());
        Self {
            leader: number.and_then(Pid::from_raw),
        }
    }

    /// Its leader has ended and was waited for.
    fn leave(mut self) {
        self.leader = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // It may have ended just now.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
