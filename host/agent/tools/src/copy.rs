//! A copy of SSTables by hard links, which tools may read while Cassandra goes on.
//!
//! An SSTable never changes, so a second name for it is a copy that takes no space. Only finished ones are taken: those
//! whose table of contents is there. One that a compaction takes away meanwhile is left out whole.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ringkeeper_tools::{SsTableName, Word};

use crate::RunError;
use crate::user::{User, give};
use crate::yaml::{for_copy, read};

/// The folder in a data directory for what cannot be linked to elsewhere, as it is on another disk.
pub(crate) const COPIES: &str = ".ringkeeper-copies";
/// Where the schema is that tools read.
const SCHEMA: &str = "system_schema";

/// What is copied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// A table, by keyspace and name.
    pub(crate) table: Option<(String, String)>,
    /// Single SSTables.
    pub(crate) sstables: Vec<SsTableName>,
}

impl Wanted {
    /// What a call is about.
    pub(crate) fn of(command: &ringkeeper_tools::Command) -> Self {
        let sstables = command.words.iter().filter_map(|word| match word {
            Word::SsTable(name) => Some(name.clone()),
            Word::Plain(_) => None,
        });
        Self {
            table: command.table.clone(),
            sstables: sstables.collect(),
        }
    }
}

/// A copy. Gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Copy {
    folder: PathBuf,
    /// Data directories with their copies.
    data: Vec<(PathBuf, PathBuf)>,
    user: Option<User>,
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What stays is swept at the next start.
        let _ = fs::remove_dir_all(&self.folder);
        for (_, to) in &self.data {
            let _ = fs::remove_dir_all(to);
        }
    }
}

impl Copy {
    /// Copies what is wanted, with the schema, into a new folder.
    pub(crate) fn make(
        folder: &Path,
        directories: &[PathBuf],
        yaml: &Path,
        wanted: &Wanted,
        user: Option<User>,
    ) -> Result<Self, RunError> {
        let mut copy = Self {
            folder: folder.to_owned(),
            data: Vec::new(),
            user,
        };
        copy.folder(folder)?;
        for (index, directory) in directories.iter().enumerate() {
            let to = copy.place(directory, index)?;
            copy.data.push((directory.clone(), to));
        }
        let mut found = wanted.table.is_none();
        for (directory, to) in &copy.data {
            copy.folder(to)?;
            copy.keyspace(directory, to, SCHEMA, None)?;
            if let Some((keyspace, table)) = &wanted.table {
                found |= copy.keyspace(directory, to, keyspace, Some(table))? > 0;
            }
        }
        if let Some((keyspace, table)) = wanted.table.as_ref().filter(|_| !found) {
            return Err(RunError::Missing(format!("table {keyspace}.{table}")));
        }
        for sstable in &wanted.sstables {
            copy.sstable(sstable)?;
        }
        let text = read(yaml)?;
        let places: Vec<PathBuf> = copy.data.iter().map(|(_, to)| to.clone()).collect();
        let own = copy.yaml();
        let text = for_copy(&text, folder, &places).map_err(RunError::in_yaml(yaml))?;
        fs::write(&own, text).map_err(RunError::at(&own))?;
        give(&own, user)?;
        Ok(copy)
    }

    /// Its configuration.
    pub(crate) fn yaml(&self) -> PathBuf {
        self.folder.join("cassandra.yaml")
    }

    /// Where an SSTable is in it.
    pub(crate) fn path_of(&self, name: &SsTableName) -> Option<PathBuf> {
        let paths = self.data.iter().map(|(_, to)| path(to, name));
        paths.into_iter().find(|path| path.is_file())
    }

    /// What to call its folders in what people read.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        let shown = |path: &Path| path.display().to_string();
        self.data
            .iter()
            .map(|(from, to)| (shown(to), shown(from)))
            .collect()
    }

    /// Where the copy of a directory is: names of one file are on one disk.
    fn place(&self, directory: &Path, index: usize) -> Result<PathBuf, RunError> {
        let disk = |path: &Path| {
            fs::metadata(path)
                .map(|metadata| metadata.dev())
                .map_err(RunError::at(path))
        };
        if disk(directory)? == disk(&self.folder)? {
            return Ok(self.folder.join(format!("data-{index}")));
        }
        let copies = directory.join(COPIES);
        self.folder(&copies)?;
        let id = self.folder.parent().and_then(Path::file_name).unwrap_or_default();
        Ok(copies.join(id))
    }

    fn folder(&self, folder: &Path) -> Result<(), RunError> {
        match fs::create_dir(folder) {
            Ok(()) => give(folder, self.user),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(RunError::at(folder)(error)),
        }
    }

    /// Copies tables of a keyspace, all where none is named. How many there are.
    fn keyspace(
        &self,
        directory: &Path,
        to: &Path,
        keyspace: &str,
        table: Option<&str>,
    ) -> Result<usize, RunError> {
        let (from, to) = (directory.join(keyspace), to.join(keyspace));
        let mut count = 0;
        for folder in names(&from)? {
            let of_table = folder.rsplit_once('-').map(|(table, _)| table);
            if of_table.is_none() || table.is_some_and(|table| of_table != Some(table)) {
                continue;
            }
            self.folder(&to)?;
            self.table(&from.join(&folder), &to.join(&folder))?;
            count += 1;
        }
        Ok(count)
    }

    fn table(&self, from: &Path, to: &Path) -> Result<(), RunError> {
        self.folder(to)?;
        for (sstable, files) in sstables(names(from)?) {
            if files.iter().any(|file| file.ends_with("-TOC.txt")) {
                link(from, to, &sstable, &files)?;
            }
        }
        Ok(())
    }

    fn sstable(&self, name: &SsTableName) -> Result<(), RunError> {
        let missing =
            || RunError::Missing(format!("SSTable {}/{}/{}", name.keyspace, name.folder, name.file));
        let holding = self.data.iter().find(|(from, _)| path(from, name).is_file());
        let (from, to) = holding.ok_or_else(missing)?;
        self.folder(&to.join(&name.keyspace))?;
        let (from, to) = (
            from.join(&name.keyspace).join(&name.folder),
            to.join(&name.keyspace).join(&name.folder),
        );
        self.folder(&to)?;
        let wanted = name.file.strip_suffix("Data.db").unwrap_or(&name.file);
        let files = sstables(names(&from)?).remove(wanted).unwrap_or_default();
        if link(&from, &to, wanted, &files)? {
            Ok(())
        } else {
            Err(missing())
        }
    }
}

/// The data file of an SSTable below a data directory.
pub(crate) fn path(directory: &Path, name: &SsTableName) -> PathBuf {
    directory.join(&name.keyspace).join(&name.folder).join(&name.file)
}

/// Files by the SSTable that they belong to: `nb-1-big-` for `nb-1-big-Data.db`.
fn sstables(files: Vec<String>) -> BTreeMap<String, Vec<String>> {
    let mut sstables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        // Attached indexes have a + in what follows the last dash.
        let Some(end) = file.match_indices('-').nth(2).map(|(at, dash)| at + dash.len()) else {
            continue;
        };
        let Some(sstable) = file.get(..end) else { continue };
        sstables.entry(sstable.to_owned()).or_default().push(file);
    }
    sstables
}

/// Links the files of one SSTable. Whether all of them were still there.
fn link(from: &Path, to: &Path, sstable: &str, files: &[String]) -> Result<bool, RunError> {
    for file in files {
        match fs::hard_link(from.join(file), to.join(file)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                unlink(to, sstable)?;
                return Ok(false);
            }
            Err(error) => return Err(RunError::at(from.join(file))(error)),
        }
    }
    Ok(!files.is_empty())
}

fn unlink(folder: &Path, sstable: &str) -> Result<(), RunError> {
    for name in names(folder)?.iter().filter(|name| name.starts_with(sstable)) {
        fs::remove_file(folder.join(name)).map_err(RunError::at(folder.join(name)))?;
    }
    Ok(())
}

/// Names in a folder, sorted; none where it is not there.
fn names(folder: &Path) -> Result<Vec<String>, RunError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(RunError::at(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(RunError::at(folder))?;
        names.extend(entry.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests;
