//! What the kernel says of a process.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use procfs_core::net::{TcpNetEntries, TcpState};
use procfs_core::process::{Stat, Status};
use procfs_core::{ExplicitSystemInfo, FromRead, FromReadSI, ProcError};

/// The signal with which a JVM is asked to listen for those who attach.
const QUIT_BIT: u64 = 1 << (3 - 1);

/// One process and no other: a number may come again, but not with the same start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProcessKey {
    /// Its number, as this machine counts.
    pub pid: u32,
    /// When it began, in clock ticks since the machine did.
    pub started: u64,
}

/// A process, as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) key: ProcessKey,
    /// Its number in its own namespace, which a container has.
    pub(crate) inner_pid: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// Whether it does something of its own on SIGQUIT. What does not is ended by it.
    pub(crate) catches_quit: bool,
    /// Name of its program, at most 15 letters.
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

impl Process {
    /// One that has ended and was not waited for yet has no words any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.arguments.is_empty()
    }

    /// The value of a Java property that stands on the command line.
    pub(crate) fn property(&self, name: &str) -> Option<&str> {
        property(&self.arguments, name)
    }
}

/// The value of a Java property among these words.
pub(crate) fn property<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    let mut last = arguments.iter().rev();
    last.find_map(|argument| argument.strip_prefix("-D")?.strip_prefix(name)?.strip_prefix('='))
}

/// The folder in which the kernel tells of processes.
#[derive(Clone, Debug)]
pub(crate) struct Proc(PathBuf);

impl Proc {
    pub(crate) fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// What the kernel has on a process under this name.
    pub(crate) fn of(&self, pid: u32, name: &str) -> PathBuf {
        self.0.join(pid.to_string()).join(name)
    }

    /// Numbers of all processes.
    pub(crate) fn pids(&self) -> io::Result<BTreeSet<u32>> {
        let mut pids = BTreeSet::new();
        for entry in fs::read_dir(&self.0)? {
            pids.extend(
                entry?
                    .file_name()
                    .to_str()
                    .and_then(|name| name.parse::<u32>().ok()),
            );
        }
        Ok(pids)
    }

    /// One process.
    pub(crate) fn process(&self, pid: u32) -> io::Result<Process> {
        let stat: Stat = parsed(Stat::from_read(self.open(pid, "stat")?))?;
        let status: Status = parsed(Status::from_read(self.open(pid, "status")?))?;
        let inner_pid = status.nspid.as_ref().and_then(|pids| pids.last());
        Ok(Process {
            key: ProcessKey {
                pid,
                started: stat.starttime,
            },
            inner_pid: inner_pid.and_then(|pid| u32::try_from(*pid).ok()).unwrap_or(pid),
            uid: status.euid,
            gid: status.egid,
            catches_quit: status.sigcgt & QUIT_BIT != 0,
            program: stat.comm,
            arguments: fs::read(self.of(pid, "cmdline"))?
                .split(|byte| *byte == 0)
                .map(|word| String::from_utf8_lossy(word).into_owned())
                .filter(|word| !word.is_empty())
                .collect(),
        })
    }

    /// Whether this process still is the one it was, and no mere entry for whoever started it.
    pub(crate) fn is_there(&self, key: ProcessKey) -> bool {
        self.process(key.pid)
            .is_ok_and(|process| process.key == key && !process.has_ended())
    }

    /// Since when the machine runs.
    pub(crate) fn uptime(&self) -> io::Result<Duration> {
        let text = fs::read_to_string(self.0.join("uptime"))?;
        let seconds = text.split_whitespace().next().and_then(|word| word.parse().ok());
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .ok_or_else(|| io::Error::other("the uptime is no number"))
    }

    /// Whether HotSpot runs in it; none where that may not be seen.
    pub(crate) fn is_jvm(&self, pid: u32) -> Option<bool> {
        let maps = fs::read(self.of(pid, "maps")).ok()?;
        Some(String::from_utf8_lossy(&maps).contains("/libjvm.so"))
    }

    /// What it has open, as the kernel writes it: paths, and `socket:[12]`.
    pub(crate) fn open_files(&self, pid: u32) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.of(pid, "fd"))? {
            // One that was closed meanwhile is open no longer.
            files.extend(fs::read_link(entry?.path()).ok());
        }
        Ok(files)
    }

    /// Where anybody listens, in the network that this process is in, with the number of each socket.
    pub(crate) fn listeners(&self, pid: u32) -> io::Result<Vec<(SocketAddr, u64)>> {
        let info = ExplicitSystemInfo {
            boot_time_secs: 0,
            ticks_per_second: 100,
            page_size: 4096,
            is_little_endian: cfg!(target_endian = "little"),
        };
        let mut listeners = Vec::new();
        for name in ["net/tcp", "net/tcp6"] {
            // Without IPv6 there is no second list.
            let Ok(file) = self.open(pid, name) else { continue };
            let entries: TcpNetEntries = parsed(TcpNetEntries::from_read(file, &info))?;
            let listening = entries
                .0
                .into_iter()
                .filter(|entry| entry.state == TcpState::Listen);
            listeners.extend(listening.map(|entry| {
                let address = entry.local_address;
                (
                    SocketAddr::new(address.ip().to_canonical(), address.port()),
                    entry.inode,
                )
            }));
        }
        Ok(listeners)
    }

    /// Where this process itself listens.
    pub(crate) fn listens_at(&self, pid: u32) -> io::Result<Vec<SocketAddr>> {
        let sockets: BTreeSet<u64> = self
            .open_files(pid)?
            .iter()
            .filter_map(|path| socket(path))
            .collect();
        let listeners = self.listeners(pid)?.into_iter();
        Ok(listeners
            .filter(|(_, inode)| sockets.contains(inode))
            .map(|(address, _)| address)
            .collect())
    }

    fn open(&self, pid: u32, name: &str) -> io::Result<File> {
        File::open(self.of(pid, name))
    }
}

impl Default for Proc {
    fn default() -> Self {
        Self::at("/proc")
    }
}

/// The number of a socket that is open under this name.
pub(crate) fn socket(path: &Path) -> Option<u64> {
    path.to_str()?
        .strip_prefix("socket:[")?
        .strip_suffix(']')?
        .parse()
        .ok()
}

fn parsed<T>(result: Result<T, ProcError>) -> io::Result<T> {
    result.map_err(|error| match error {
        ProcError::Io(error, _) => error,
        other => io::Error::other(other.to_string()),
    })
}
