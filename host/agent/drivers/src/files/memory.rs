//! Files of a node in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Component, Listing, Name, NodeFiles, Space, TableFolder, to_keep};
use crate::DriverError;

/// Content by name; a snapshot shares it.
type Folder = BTreeMap<String, Vec<u8>>;

/// A node's files as they were put there.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    space: Vec<Space>,
    tables: Mutex<BTreeMap<TableFolder, Table>>,
}

#[derive(Debug, Default)]
struct Table {
    files: Folder,
    snapshots: BTreeMap<Name, Folder>,
}

impl MemoryFiles {
    /// Empty data directories with this much room.
    #[must_use]
    pub fn with_space(space: Vec<Space>) -> Self {
        Self {
            space,
            tables: Mutex::default(),
        }
    }

    /// Puts a file into a table's folder, which is made where it is missing.
    pub fn put(&self, table: &TableFolder, file: &str, content: &[u8]) {
        let mut tables = self.lock();
        let table = tables.entry(table.clone()).or_default();
        table.files.insert(file.to_owned(), content.to_vec());
    }

    /// Removes a file from a table's folder, as a compaction does.
    pub fn remove(&self, table: &TableFolder, file: &str) {
        if let Some(table) = self.lock().get_mut(table) {
            table.files.remove(file);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TableFolder, Table>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn components(&self, folder: &Folder) -> Vec<Component> {
        let links = |name: &String| {
            let snapshots = self
                .snapshots
                .values()
                .filter(|snapshot| snapshot.contains_key(name))
                .count();
            u64::try_from(snapshots).unwrap_or_default() + u64::from(self.files.contains_key(name))
        };
        let files = folder.iter().map(|(name, content)| Component {
            name: name.clone(),
            bytes: u64::try_from(content.len()).unwrap_or_default(),
            links: links(name),
        });
        files.collect()
    }
}

fn missing(table: &TableFolder) -> DriverError {
    DriverError::Missing(format!("{}/{}", table.keyspace, table.folder()))
}

impl NodeFiles for MemoryFiles {
    fn space(&self) -> Result<Vec<Space>, DriverError> {
        Ok(self.space.clone())
    }

    fn tables(&self) -> Result<Listing<TableFolder>, DriverError> {
        let found = self.lock().keys().cloned().collect();
        Ok(Listing {
            found,
            ..Listing::default()
        })
    }

    fn components(
        &self,
        table: &TableFolder,
        snapshot: Option<&Name>,
    ) -> Result<Listing<Component>, DriverError> {
        let tables = self.lock();
        let of = tables.get(table).ok_or_else(|| missing(table))?;
        let folder = match snapshot {
            Some(tag) => of
                .snapshots
                .get(tag)
                .ok_or_else(|| DriverError::Missing(format!("snapshot {tag}")))?,
            None => &of.files,
        };
        Ok(Listing {
            found: of.components(folder),
            ..Listing::default()
        })
    }

    fn take_snapshot(&self, table: &TableFolder, tag: &Name) -> Result<(), DriverError> {
        let mut tables = self.lock();
        let of = tables.get_mut(table).ok_or_else(|| missing(table))?;
        if of.snapshots.contains_key(tag) {
            return Err(DriverError::Exists(format!("snapshot {tag}")));
        }
        let content = |name: &str| {
            let bytes = of.files.get(name).cloned().unwrap_or_default();
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        let kept = to_keep(&of.components(&of.files), content)?;
        let files = kept
            .into_iter()
            .filter_map(|name| of.files.get(&name).map(|bytes| (name.clone(), bytes.clone())));
        let snapshot = files.collect();
        of.snapshots.insert(tag.clone(), snapshot);
        Ok(())
    }

    fn snapshots(&self, table: &TableFolder) -> Result<Listing<Name>, DriverError> {
        let tables = self.lock();
        let of = tables.get(table).ok_or_else(|| missing(table))?;
        Ok(Listing {
            found: of.snapshots.keys().cloned().collect(),
            ..Listing::default()
        })
    }

    fn clear_snapshot(&self, table: &TableFolder, tag: &Name) -> Result<(), DriverError> {
        let mut tables = self.lock();
        tables
            .get_mut(table)
            .ok_or_else(|| missing(table))?
            .snapshots
            .remove(tag);
        Ok(())
    }
}
