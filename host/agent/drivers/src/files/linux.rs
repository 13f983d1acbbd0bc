//! The data directories of a node on this machine.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstatvfs, linkat, mkdirat, unlinkat};

use super::directories::{Entry, enter, list, open_in};
use super::name::table_and_id;
use super::{Component, Listing, Name, NodeFiles, Space, TableFolder, to_keep};
use crate::DriverError;

const SNAPSHOTS: &str = "snapshots";
/// Where Cassandra 4.1 and later keep the state of Paxos, beside the tables of the keyspace `system`.
const PAXOS_STATE: &str = "_paxos_repair_state";
/// A table of contents names about ten components.
const LONGEST_TOC: u64 = 64 * 1024;
/// As Cassandra makes folders.
const FOLDER_MODE: Mode = Mode::RWXU
    .union(Mode::RGRP)
    .union(Mode::XGRP)
    .union(Mode::ROTH)
    .union(Mode::XOTH);

/// The data directories of a node. They may be links themselves: an operator named them. What lies in them may not.
#[derive(Debug)]
pub struct DataDirectories {
    directories: Vec<(PathBuf, File)>,
}

impl DataDirectories {
    /// Opens all of them, in the order of Cassandra's configuration.
    ///
    /// # Errors
    /// When one is missing or no folder: with one disk less a backup would be half a backup.
    pub fn open(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Result<Self, DriverError> {
        let mut directories = Vec::new();
        for path in paths {
            let path = path.into();
            let folder = File::open(&path).map_err(DriverError::at(&path))?;
            if !folder.metadata().map_err(DriverError::at(&path))?.is_dir() {
                return Err(DriverError::Content {
                    path,
                    reason: "is no folder".to_owned(),
                });
            }
            directories.push((path, folder));
        }
        Ok(Self { directories })
    }

    fn path(&self, table: &TableFolder) -> PathBuf {
        let root = self.directories.get(table.data_directory);
        let root = root.map(|(path, _)| path.as_path()).unwrap_or(Path::new(""));
        root.join(table.keyspace.as_str()).join(table.folder())
    }

    fn table(&self, table: &TableFolder) -> Result<File, DriverError> {
        let path = self.path(table);
        let Some((_, root)) = self.directories.get(table.data_directory) else {
            return Err(DriverError::Missing(format!(
                "data directory {}",
                table.data_directory
            )));
        };
        let opened =
            enter(root, table.keyspace.as_str()).and_then(|keyspace| enter(&keyspace, &table.folder()));
        opened.map_err(missing(path))
    }

    fn snapshot(&self, table: &TableFolder, tag: &Name) -> Result<File, DriverError> {
        let path = self.path(table).join(SNAPSHOTS).join(tag.as_str());
        let snapshots = enter(&self.table(table)?, SNAPSHOTS);
        snapshots
            .and_then(|snapshots| enter(&snapshots, tag.as_str()))
            .map_err(missing(path))
    }
}

impl NodeFiles for DataDirectories {
    fn space(&self) -> Result<Vec<Space>, DriverError> {
        let directories = self.directories.iter().enumerate();
        directories
            .map(|(data_directory, (path, folder))| {
                let space = fstatvfs(folder).map_err(|error| DriverError::at(path)(error.into()))?;
                Ok(Space {
                    data_directory,
                    total_bytes: space.f_blocks.saturating_mul(space.f_frsize),
                    free_bytes: space.f_bavail.saturating_mul(space.f_frsize),
                })
            })
            .collect()
    }

    fn tables(&self) -> Result<Listing<TableFolder>, DriverError> {
        let mut listing = Listing::default();
        for (data_directory, (path, root)) in self.directories.iter().enumerate() {
            for keyspace in folders(root, path, &mut listing.refused)? {
                let Ok(name) = Name::new("keyspace", &keyspace) else {
                    continue;
                };
                let path = path.join(&keyspace);
                let folder = enter(root, &keyspace).map_err(DriverError::at(&path))?;
                for table in folders(&folder, &path, &mut listing.refused)? {
                    if keyspace == "system" && table == PAXOS_STATE {
                        continue;
                    }
                    match table_and_id(&table) {
                        Some((table, id)) => {
                            let keyspace = name.clone();
                            listing.found.push(TableFolder {
                                data_directory,
                                keyspace,
                                table,
                                id,
                            });
                        }
                        None => listing
                            .refused
                            .push(format!("{}: is no table's folder", path.join(table).display())),
                    }
                }
            }
        }
        listing.found.sort_unstable();
        Ok(listing)
    }

    fn components(
        &self,
        table: &TableFolder,
        snapshot: Option<&Name>,
    ) -> Result<Listing<Component>, DriverError> {
        let path = self.path(table);
        match snapshot {
            Some(tag) => components(
                &self.snapshot(table, tag)?,
                &path.join(SNAPSHOTS).join(tag.as_str()),
            ),
            None => components(&self.table(table)?, &path),
        }
    }

    fn take_snapshot(&self, table: &TableFolder, tag: &Name) -> Result<(), DriverError> {
        let (path, folder) = (self.path(table), self.table(table)?);
        let files = components(&folder, &path)?;
        if let Some(refused) = files.refused.into_iter().next() {
            return Err(DriverError::Content {
                path,
                reason: refused,
            });
        }
        let kept = to_keep(&files.found, |name| {
            read(&folder, name).map_err(DriverError::at(path.join(name)))
        })?;
        let failed = |error: io::Error| DriverError::at(path.join(SNAPSHOTS))(error);
        make_folder(&folder, SNAPSHOTS, true).map_err(failed)?;
        let snapshots = enter(&folder, SNAPSHOTS).map_err(failed)?;
        make_folder(&snapshots, tag.as_str(), false).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => DriverError::Exists(format!("snapshot {tag}")),
            _ => failed(error),
        })?;
        let linked = enter(&snapshots, tag.as_str()).and_then(|snapshot| {
            kept.iter().try_for_each(|name| link(&folder, &snapshot, name))?;
            snapshot.sync_all()
        });
        linked.map_err(|error| {
            let _ = remove(&snapshots, tag.as_str());
            failed(error)
        })
    }

    fn snapshots(&self, table: &TableFolder) -> Result<Listing<Name>, DriverError> {
        let mut listing = Listing::default();
        let path = self.path(table).join(SNAPSHOTS);
        let snapshots = match enter(&self.table(table)?, SNAPSHOTS) {
            Ok(snapshots) => snapshots,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
            Err(error) => return Err(DriverError::at(path)(error)),
        };
        let tags = folders(&snapshots, &path, &mut listing.refused)?;
        listing
            .found
            .extend(tags.iter().filter_map(|tag| Name::new("snapshot", tag).ok()));
        Ok(listing)
    }

    fn clear_snapshot(&self, table: &TableFolder, tag: &Name) -> Result<(), DriverError> {
        let path = self.path(table).join(SNAPSHOTS).join(tag.as_str());
        let cleared =
            enter(&self.table(table)?, SNAPSHOTS).and_then(|snapshots| remove(&snapshots, tag.as_str()));
        match cleared {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DriverError::at(path)(error)),
            _ => Ok(()),
        }
    }
}

fn missing(path: PathBuf) -> impl FnOnce(io::Error) -> DriverError {
    move |error| match error.kind() {
        io::ErrorKind::NotFound => DriverError::Missing(path.display().to_string()),
        _ => DriverError::at(path)(error),
    }
}

/// Names of the folders in a folder; whatever cannot be entered goes to `refused`, plain files apart.
fn folders(folder: &File, path: &Path, refused: &mut Vec<String>) -> Result<Vec<String>, DriverError> {
    let mut names = Vec::new();
    for Entry { name, kind, .. } in list(folder).map_err(DriverError::at(path))? {
        match (name, kind) {
            (_, FileType::RegularFile) => {}
            (Some(name), FileType::Directory) => match Name::new("folder", &name) {
                Ok(_) => names.push(name),
                Err(error) => refused.push(format!("{}: {error}", path.display())),
            },
            (Some(name), kind) => refused.push(format!("{}: {}", path.display(), odd(&name, kind))),
            (None, _) => refused.push(format!("{}: a name is no text", path.display())),
        }
    }
    Ok(names)
}

fn odd(name: &str, kind: FileType) -> String {
    let kind = if kind == FileType::Symlink {
        "a symbolic link"
    } else {
        "neither file nor folder"
    };
    format!("{name:?} is {kind}")
}

/// Files of a folder, and of the indexes in it.
fn components(folder: &File, path: &Path) -> Result<Listing<Component>, DriverError> {
    let mut listing = Listing::default();
    for entry in list(folder).map_err(DriverError::at(path))? {
        let Some(name) = entry
            .name
            .as_deref()
            .filter(|name| Name::new("file", name).is_ok())
        else {
            listing
                .refused
                .push(format!("{}: a file has an odd name", path.display()));
            continue;
        };
        match entry.kind {
            FileType::RegularFile => listing.found.push(component(name.to_owned(), &entry)),
            // A secondary index of the old kind is a folder whose name begins with a dot.
            FileType::Directory if name.starts_with('.') => {
                let index = enter(folder, name).map_err(DriverError::at(path.join(name)))?;
                let below = components(&index, &path.join(name))?;
                listing.refused.extend(below.refused);
                let named = below.found.into_iter().map(|file| Component {
                    name: format!("{name}/{}", file.name),
                    ..file
                });
                listing.found.extend(named);
            }
            FileType::Directory => {}
            kind => listing
                .refused
                .push(format!("{}: {}", path.display(), odd(name, kind))),
        }
    }
    Ok(listing)
}

fn component(name: String, entry: &Entry) -> Component {
    Component {
        name,
        bytes: entry.bytes,
        links: entry.links,
    }
}

fn read(folder: &File, name: &str) -> io::Result<String> {
    let mut text = String::new();
    open_in(folder, name, OFlags::RDONLY)?
        .take(LONGEST_TOC)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn make_folder(folder: &File, name: &str, may_be_there: bool) -> io::Result<()> {
    match mkdirat(folder, name, FOLDER_MODE) {
        Err(error) if !(may_be_there && error == rustix::io::Errno::EXIST) => Err(error.into()),
        _ => Ok(()),
    }
}

/// Gives a file a second name in the snapshot. With no flags a link is not followed.
fn link(from: &File, snapshot: &File, name: &str) -> io::Result<()> {
    let Some((index, file)) = name.split_once('/') else {
        return Ok(linkat(from, name, snapshot, name, AtFlags::empty())?);
    };
    make_folder(snapshot, index, true)?;
    let (from, to) = (enter(from, index)?, enter(snapshot, index)?);
    linkat(&from, file, &to, file, AtFlags::empty())?;
    to.sync_all()
}

/// Removes a folder with what is in it. A link in it is removed, and what it leads to is not.
fn remove(parent: &File, name: &str) -> io::Result<()> {
    let folder = enter(parent, name)?;
    for entry in list(&folder)? {
        let name = entry.name.ok_or_else(|| io::Error::other("a name is no text"))?;
        if entry.kind == FileType::Directory {
            remove(&folder, &name)?;
        } else {
            unlinkat(&folder, &*name, AtFlags::empty())?;
        }
    }
    unlinkat(parent, name, AtFlags::REMOVEDIR)?;
    Ok(())
}

/// Whether both paths are names of one file; for tests.
#[cfg(test)]
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let of = |path| {
        std::fs::metadata(path)
            .map(|about| (about.dev(), about.ino()))
            .ok()
    };
    of(one).is_some() && of(one) == of(other)
}
