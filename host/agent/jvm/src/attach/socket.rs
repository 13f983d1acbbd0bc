//! The door that a JVM opens for those who attach, and what is said through it.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, openat, statat, unlinkat};
use rustix::net::sockopt::socket_peercred;

use crate::error::Problem;
use crate::namespace::open_as_seen_by;
use crate::owner::as_owner_of;
use crate::proc::{Proc, Process};

const TMP: &str = "/tmp";
/// Four words belong to every command, whatever it needs.
const WORDS: usize = 4;
/// A JVM answers with a line or a stack trace.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// The folder in which the JVM opens its socket.
#[derive(Debug)]
pub(super) struct Door<'a> {
    process: &'a Process,
    tmp: File,
}

impl<'a> Door<'a> {
    pub(super) fn of(proc: &Proc, process: &'a Process) -> Result<Self, Problem> {
        let pid = process.key.pid;
        let tmp = open_as_seen_by(proc, pid, Path::new(TMP), OFlags::PATH | OFlags::DIRECTORY);
        let tmp = tmp.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !proc.is_there(process.key) => Problem::Ended { pid },
            _ => Problem::machine(format!("opening /tmp as process {pid} sees it"))(error),
        })?;
        Ok(Self { process, tmp })
    }

    /// A connection to the JVM; none while it has not opened its socket. What it left behind when it ran last time, with
    /// the same number, refuses and is no socket of this one.
    pub(super) fn try_connect(&self) -> Result<Option<Line>, Problem> {
        let name = format!(".java_pid{}", self.process.inner_pid);
        let pid = self.process.key.pid;
        let about = match statat(&self.tmp, &name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(about) => about,
            Err(error) if error == rustix::io::Errno::NOENT => return Ok(None),
            Err(error) => {
                return Err(Problem::machine(format!("looking for {TMP}/{name}"))(
                    error.into(),
                ));
            }
        };
        let impostor = || Problem::Impostor {
            pid,
            path: PathBuf::from(format!("{TMP}/{name}")),
        };
        if FileType::from_raw_mode(about.st_mode) != FileType::Socket || about.st_uid != self.process.uid {
            return Err(impostor());
        }
        let path = format!("/proc/self/fd/{}/{name}", self.tmp.as_raw_fd());
        let stream = match as_owner_of(self.process, || UnixStream::connect(path)).and_then(|stream| stream) {
            Ok(stream) => stream,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Ok(None),
            Err(error) => return Err(Problem::machine(format!("attaching to process {pid}"))(error)),
        };
        let peer = socket_peercred(&stream)
            .map_err(|error| Problem::machine(format!("attaching to process {pid}"))(error.into()))?;
        if u32::try_from(peer.pid.as_raw_nonzero().get()) != Ok(pid) {
            return Err(impostor());
        }
        Ok(Some(Line(stream)))
    }

    /// Puts the file there that tells SIGQUIT to mean this.
    pub(super) fn trigger(&self) -> Result<Trigger<'_>, Problem> {
        let name = format!(".attach_pid{}", self.process.inner_pid);
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = as_owner_of(self.process, || {
            openat(&self.tmp, &name, flags, Mode::RUSR | Mode::WUSR).map_err(io::Error::from)
        });
        match made.and_then(|file| file) {
            Ok(_) => {}
            // Somebody else attaches at the same time, or gave up half way.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Problem::machine(format!("making {TMP}/{name}"))(error)),
        }
        Ok(Trigger { tmp: &self.tmp, name })
    }
}

/// The file that tells SIGQUIT what it means. It is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Trigger<'a> {
    tmp: &'a File,
    name: String,
}

impl Drop for Trigger<'_> {
    fn drop(&mut self) {
        // The JVM may have removed it already.
        let _ = unlinkat(self.tmp, &self.name, AtFlags::empty());
    }
}

/// A connection to the JVM, good for one command.
#[derive(Debug)]
pub(super) struct Line(pub(super) UnixStream);

impl Line {
    /// Gives a command, and waits for each part of the answer at most so long.
    pub(super) fn ask(mut self, words: &[&str; WORDS], within: Duration) -> io::Result<String> {
        self.0.set_read_timeout(Some(within))?;
        self.0.set_write_timeout(Some(within))?;
        // The version of the protocol comes first.
        let mut command = b"1\0".to_vec();
        for word in words {
            command.extend_from_slice(word.as_bytes());
            command.push(0);
        }
        self.0.write_all(&command)?;
        let mut answer = Vec::new();
        self.0.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}
