//! Files of a node: tables over all data directories, their SSTables, snapshots, and how much room there is.
//!
//! Nothing outside of the data directories is reached. That is not a matter of comparing texts: every step into a folder
//! is made by the kernel from the folder before, which refuses `..` and symbolic links. What it refuses is named in the
//! answer, for a backup that left a table out without a word would be worse than none.

mod directories;
mod linux;
mod memory;
mod name;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

pub use linux::DataDirectories;
pub use memory::MemoryFiles;
pub use name::Name;

use crate::DriverError;

/// The folder of a table in one data directory. A table may have one in each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableFolder {
    /// Which data directory, counted as they are configured.
    pub data_directory: usize,
    /// The keyspace.
    pub keyspace: Name,
    /// The table.
    pub table: Name,
    /// The table's id, 32 hexadecimal digits: a table that was dropped and made again has another one.
    pub id: String,
}

impl TableFolder {
    /// The name of the folder.
    fn folder(&self) -> String {
        format!("{}-{}", self.table, self.id)
    }
}

/// One file, of an SSTable or beside them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// Its name; with `.index/` before it where it belongs to a secondary index.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// How many names it has. With one it is gone when it is removed here.
    pub links: u64,
}

/// Room on the file system of a data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Which data directory.
    pub data_directory: usize,
    /// Its size.
    pub total_bytes: u64,
    /// What Cassandra may still write.
    pub free_bytes: u64,
}

/// What was found, and what was not entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// What was found, in order.
    pub found: Vec<T>,
    /// What stands where a table, snapshot or file could and is none: links, odd names, other kinds of files. Each with the
    /// reason.
    pub refused: Vec<String>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            refused: Vec::new(),
        }
    }
}

/// Files of one node. Every call may wait for disks: make it where work may block.
pub trait NodeFiles: std::fmt::Debug + Send + Sync {
    /// How much room there is, by data directory.
    ///
    /// # Errors
    /// When a data directory cannot be asked.
    fn space(&self) -> Result<Vec<Space>, DriverError>;

    /// All tables.
    ///
    /// # Errors
    /// When a folder cannot be read.
    fn tables(&self) -> Result<Listing<TableFolder>, DriverError>;

    /// Files of a table, or of its snapshot with this tag.
    ///
    /// # Errors
    /// When there is no such folder, or it cannot be read.
    fn components(
        &self,
        table: &TableFolder,
        snapshot: Option<&Name>,
    ) -> Result<Listing<Component>, DriverError>;

    /// Keeps the table's SSTables under a tag, by hard links: it costs no room until Cassandra removes them. Meant for a
    /// node that is stopped or drained; a running one takes its own snapshots, and writes its memtables before.
    ///
    /// # Errors
    /// When there is such a snapshot, an SSTable is not whole, or something is being written. Nothing is left behind then.
    fn take_snapshot(&self, table: &TableFolder, tag: &Name) -> Result<(), DriverError>;

    /// Tags of the table's snapshots.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn snapshots(&self, table: &TableFolder) -> Result<Listing<Name>, DriverError>;

    /// Removes a snapshot of the table. One that is not there is no error.
    ///
    /// # Errors
    /// When it cannot be removed whole.
    fn clear_snapshot(&self, table: &TableFolder, tag: &Name) -> Result<(), DriverError>;
}

/// Which files a snapshot has: all of each whole SSTable. `toc` reads an SSTable's table of contents.
fn to_keep(
    files: &[Component],
    mut toc: impl FnMut(&str) -> Result<String, DriverError>,
) -> Result<Vec<String>, DriverError> {
    if let Some(log) = files.iter().find(|file| file.name.contains("_txn_")) {
        return Err(DriverError::Exists(format!("an unfinished write ({})", log.name)));
    }
    let mut kept = Vec::new();
    for file in files {
        let Some(sstable) = file.name.strip_suffix("TOC.txt") else {
            continue;
        };
        for component in toc(&file.name)?.lines().filter(|line| !line.is_empty()) {
            let name = format!("{sstable}{component}");
            if !files.iter().any(|file| file.name == name) {
                return Err(DriverError::Missing(format!("{name}, which {} names", file.name)));
            }
        }
        kept.extend(
            files
                .iter()
                .map(|file| &file.name)
                .filter(|name| name.starts_with(sstable))
                .cloned(),
        );
    }
    Ok(kept)
}
