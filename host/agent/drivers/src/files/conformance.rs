//! What every driver of files keeps to.

use super::{Name, NodeFiles, TableFolder};
use crate::DriverError;

/// A node's files, as a test puts them there.
pub(super) trait Node {
    fn files(&self) -> &dyn NodeFiles;
    fn put(&self, table: &TableFolder, file: &str, content: &[u8]);
    fn remove(&self, table: &TableFolder, file: &str);
}

const ID: &str = "5bc52802de2535edaeab188eecebb090";

pub(super) fn table(data_directory: usize, name: &str) -> TableFolder {
    TableFolder {
        data_directory,
        keyspace: Name::new("keyspace", "shop").unwrap(),
        table: Name::new("table", name).unwrap(),
        id: ID.to_owned(),
    }
}

pub(super) fn tag(name: &str) -> Name {
    Name::new("snapshot", name).unwrap()
}

fn put_sstable(node: &dyn Node, table: &TableFolder, sstable: &str) {
    node.put(table, &format!("{sstable}-Data.db"), b"rows");
    node.put(table, &format!("{sstable}-Statistics.db"), b"xy");
    node.put(
        table,
        &format!("{sstable}-TOC.txt"),
        b"Data.db\nStatistics.db\nTOC.txt\n",
    );
}

/// Runs the whole suite on a node with two empty data directories.
pub(super) fn check(node: &dyn Node) {
    tables_are_found_over_all_data_directories(node);
    a_snapshot_keeps_whole_sstables_and_costs_no_room(node);
    what_is_not_whole_is_not_kept(node);
    what_is_not_there_is_told(node);
    let space = node.files().space().unwrap();
    assert_eq!(space.len(), 2);
    assert!(space.iter().all(|space| space.free_bytes <= space.total_bytes));
}

fn tables_are_found_over_all_data_directories(node: &dyn Node) {
    assert!(node.files().tables().unwrap().found.is_empty());
    for table in [table(0, "orders"), table(1, "orders"), table(1, "lines")] {
        put_sstable(node, &table, "nb-1-big");
    }
    let listing = node.files().tables().unwrap();
    assert_eq!(
        listing.found,
        [table(0, "orders"), table(1, "lines"), table(1, "orders")]
    );
    assert!(listing.refused.is_empty(), "{:?}", listing.refused);
    let components = node.files().components(&table(0, "orders"), None).unwrap().found;
    let shown: Vec<(&str, u64)> = components
        .iter()
        .map(|file| (file.name.as_str(), file.bytes))
        .collect();
    assert_eq!(
        shown,
        [
            ("nb-1-big-Data.db", 4),
            ("nb-1-big-Statistics.db", 2),
            ("nb-1-big-TOC.txt", 30)
        ]
    );
}

fn a_snapshot_keeps_whole_sstables_and_costs_no_room(node: &dyn Node) {
    let orders = table(0, "orders");
    node.put(&orders, ".by_day/nb-7-big-Data.db", b"index");
    node.put(&orders, ".by_day/nb-7-big-TOC.txt", b"Data.db\nTOC.txt\n");
    // Half an SSTable, as a node that was killed while it wrote leaves behind.
    node.put(&orders, "nb-2-big-Data.db", b"half");
    node.files().take_snapshot(&orders, &tag("before")).unwrap();
    assert_eq!(node.files().snapshots(&orders).unwrap().found, [tag("before")]);
    assert!(
        node.files()
            .snapshots(&table(1, "orders"))
            .unwrap()
            .found
            .is_empty()
    );
    let kept = node
        .files()
        .components(&orders, Some(&tag("before")))
        .unwrap()
        .found;
    let shown: Vec<(&str, u64)> = kept.iter().map(|file| (file.name.as_str(), file.links)).collect();
    assert_eq!(
        shown,
        [
            (".by_day/nb-7-big-Data.db", 2),
            (".by_day/nb-7-big-TOC.txt", 2),
            ("nb-1-big-Data.db", 2),
            ("nb-1-big-Statistics.db", 2),
            ("nb-1-big-TOC.txt", 2),
        ]
    );
    let again = node.files().take_snapshot(&orders, &tag("before"));
    assert!(matches!(again, Err(DriverError::Exists(_))), "{again:?}");

    // What Cassandra removes is still there.
    node.remove(&orders, "nb-1-big-Data.db");
    let kept = node
        .files()
        .components(&orders, Some(&tag("before")))
        .unwrap()
        .found;
    let data = kept.iter().find(|file| file.name == "nb-1-big-Data.db").unwrap();
    assert_eq!((data.bytes, data.links), (4, 1));

    node.files().clear_snapshot(&orders, &tag("before")).unwrap();
    node.files().clear_snapshot(&orders, &tag("before")).unwrap();
    assert!(node.files().snapshots(&orders).unwrap().found.is_empty());
    assert!(
        node.files()
            .components(&orders, None)
            .unwrap()
            .found
            .iter()
            .any(|file| file.name == "nb-2-big-Data.db")
    );
}

fn what_is_not_whole_is_not_kept(node: &dyn Node) {
    let orders = table(0, "orders");
    // Its data was removed above and its table of contents was not.
    let torn = node.files().take_snapshot(&orders, &tag("torn"));
    assert!(matches!(torn, Err(DriverError::Missing(_))), "{torn:?}");
    let lines = table(1, "lines");
    node.put(&lines, "nb_txn_compaction_1.log", b"ADD");
    let writing = node.files().take_snapshot(&lines, &tag("writing"));
    assert!(matches!(writing, Err(DriverError::Exists(_))), "{writing:?}");
    for table in [orders, lines] {
        assert!(node.files().snapshots(&table).unwrap().found.is_empty());
    }
}

fn what_is_not_there_is_told(node: &dyn Node) {
    for missing in [table(0, "none"), table(7, "orders")] {
        let answer = node.files().components(&missing, None);
        assert!(matches!(answer, Err(DriverError::Missing(_))), "{answer:?}");
    }
    let answer = node.files().components(&table(1, "orders"), Some(&tag("none")));
    assert!(matches!(answer, Err(DriverError::Missing(_))), "{answer:?}");
}
