//! Steps into folders that never lead out of them.

use std::fs::File;
use std::io;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, ResolveFlags, StatxFlags, openat2, statx};
use rustix::io::Errno;

/// One entry of a folder.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its name; none where that is no text.
    pub(super) name: Option<String>,
    pub(super) kind: FileType,
    pub(super) bytes: u64,
    pub(super) links: u64,
}

/// Opens what lies in `folder`, and nothing that lies elsewhere or is reached by a link.
pub(super) fn open_in(folder: &File, name: &str, flags: OFlags) -> io::Result<File> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    // Without NONBLOCK a pipe that somebody put there would be waited for.
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    Ok(File::from(openat2(folder, name, flags, Mode::empty(), resolve)?))
}

/// Opens a folder in `folder`.
pub(super) fn enter(folder: &File, name: &str) -> io::Result<File> {
    open_in(folder, name, OFlags::RDONLY | OFlags::DIRECTORY)
}

/// What lies in `folder`, by name.
pub(super) fn list(folder: &File) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if [b".".as_slice(), b".."].contains(&name.to_bytes()) {
            continue;
        }
        let about = match statx(folder, name, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::BASIC_STATS) {
            Ok(about) => about,
            // Cassandra removes files all the time.
            Err(Errno::NOENT) => continue,
            Err(error) => return Err(error.into()),
        };
        entries.push(Entry {
            name: name.to_str().ok().map(str::to_owned),
            kind: FileType::from_raw_mode(u32::from(about.stx_mode)),
            bytes: about.stx_size,
            links: u64::from(about.stx_nlink),
        });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}
