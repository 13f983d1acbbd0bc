//! The room in the data directories, and what the snapshots there take of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ringkeeper_cluster::{DataDirectory, KeptSnapshot, NodeStorage};
use ringkeeper_drivers::DriverError;
use ringkeeper_drivers::files::NodeFiles;

/// More snapshots than anybody reads of.
const MOST_SNAPSHOTS: usize = 1_000;
/// What could not be entered is shown so often.
const MOST_REFUSED: usize = 20;

/// What one snapshot of a keyspace adds up to.
#[derive(Default)]
struct Sum {
    /// A table may have a folder in each data directory.
    tables: BTreeSet<String>,
    bytes: u64,
    own_bytes: u64,
}

/// Waits for disks: each file of each snapshot is looked at.
pub(super) fn storage(paths: &[PathBuf], files: &impl NodeFiles) -> Result<NodeStorage, DriverError> {
    let spaces = files.space()?.into_iter();
    let directories = spaces.map(|space| DataDirectory {
        path: paths
            .get(space.data_directory)
            .map(|path| path.display().to_string())
            .unwrap_or_default(),
        total_bytes: space.total_bytes,
        free_bytes: space.free_bytes,
    });
    let directories = directories.collect();
    let tables = files.tables()?;
    let mut refused = tables.refused;
    let mut sums: BTreeMap<(String, String), Sum> = BTreeMap::new();
    for table in &tables.found {
        let Some(tags) = still_there(files.snapshots(table))? else {
            continue;
        };
        refused.extend(tags.refused);
        for tag in &tags.found {
            let Some(components) = still_there(files.components(table, Some(tag)))? else {
                continue;
            };
            let place = (tag.to_string(), table.keyspace.to_string());
            let sum = sums.entry(place).or_default();
            sum.tables.insert(format!("{}-{}", table.table, table.id));
            for file in &components.found {
                sum.bytes += file.bytes;
                sum.own_bytes += if file.links == 1 { file.bytes } else { 0 };
            }
            refused.extend(components.refused);
        }
    }
    let mut snapshots: Vec<_> = sums
        .into_iter()
        .map(|((tag, keyspace), sum)| KeptSnapshot {
            tag,
            keyspace,
            tables: sum.tables.len(),
            bytes: sum.bytes,
            own_bytes: sum.own_bytes,
        })
        .collect();
    snapshots.sort_by_key(|snapshot| Reverse((snapshot.own_bytes, snapshot.bytes)));
    let is_cut = snapshots.len() > MOST_SNAPSHOTS;
    snapshots.truncate(MOST_SNAPSHOTS);
    refused.truncate(MOST_REFUSED);
    Ok(NodeStorage {
        directories,
        snapshots,
        is_cut,
        refused,
    })
}

/// A table may be dropped and a snapshot cleared while it is looked.
fn still_there<T>(looked: Result<T, DriverError>) -> Result<Option<T>, DriverError> {
    match looked {
        Err(DriverError::Missing(_)) => Ok(None),
        looked => looked.map(Some),
    }
}
