//! Files as another process sees them.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, open, openat2};

use crate::proc::Proc;

/// Opens what the process would open under this path: its own root, and its links followed within that root.
pub(crate) fn open_as_seen_by(proc: &Proc, pid: u32, path: &Path, flags: OFlags) -> io::Result<File> {
    let root = open(
        proc.of(pid, "root"),
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let file = openat2(
        &root,
        path,
        flags | OFlags::CLOEXEC,
        Mode::empty(),
        ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS,
    )?;
    Ok(File::from(file))
}

/// Whether both are in the same namespace of this kind.
pub(crate) fn shares(proc: &Proc, pid: u32, kind: &str) -> io::Result<bool> {
    let of = |pid: u32| std::fs::read_link(proc.of(pid, &format!("ns/{kind}")));
    Ok(of(pid)? == of(std::process::id())?)
}
